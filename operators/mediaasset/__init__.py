"""MediaAsset: keeps a TranscodeJob for what it wishes, and says what can be played."""
