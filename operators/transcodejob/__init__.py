"""TranscodeJob: probe, encode, publish; and retire when it goes."""
