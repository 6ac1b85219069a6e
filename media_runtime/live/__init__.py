"""Live television: an encoder's stream cut into parts on one timeline, and its playlists."""
