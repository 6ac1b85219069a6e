"""Where StreamVerse runs: a cluster of its own on this machine, kind, or one that is there."""
