"""Another service's live stream as an input: its playlists read, its segments fetched, by us."""
