"""What several of the drop-ins share."""
