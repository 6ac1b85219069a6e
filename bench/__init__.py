"""Side-by-side benchmarks: ours and a named peer, in the same breath, on the same machine."""
