"""Our numbers beside those of the reference software."""
