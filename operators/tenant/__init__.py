"""A tenant's own key to the store: what it is, what it may do, and who makes it."""
