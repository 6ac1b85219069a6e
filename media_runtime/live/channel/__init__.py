"""A channel's pod behind the switcher: one encoder, its packager, and what is served of it."""
