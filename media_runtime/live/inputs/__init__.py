"""The inputs of a channel's pod: who may publish, what is pulled, and what is known of each."""
