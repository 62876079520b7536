"""The status: the figures behind 211, as they are now."""
