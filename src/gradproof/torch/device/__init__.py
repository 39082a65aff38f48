"""Parameters on a device, which are moved where they are."""
