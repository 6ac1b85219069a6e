"""Publishing: a title is checked whole, and only then named."""
