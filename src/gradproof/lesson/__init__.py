"""The subjects of a lesson on gradient checking: orders of differences, kinks, and checks along a training run."""
