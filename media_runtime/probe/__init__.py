"""The first step of a title: what the source is, what will be made of it, and under which keys."""
