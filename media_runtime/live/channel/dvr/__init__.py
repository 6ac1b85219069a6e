"""A channel's last hours in the store: written as they pass, found again after a restart."""
