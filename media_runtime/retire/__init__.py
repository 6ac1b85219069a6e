"""Retiring: what a title leaves in the store, taken away again."""
