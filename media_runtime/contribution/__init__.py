"""The contribution gateway: where publishers' streams come in, and are handed to channels' pods."""
