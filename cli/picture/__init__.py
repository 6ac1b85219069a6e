"""Our objects as a person wants to see them: pure functions from an object to a rich renderable."""
