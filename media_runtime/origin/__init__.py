"""The origin: playlists as pure functions of an index, segments as ranges of stored objects."""
