"""EncodingProfile: named by the hash of what it says."""
