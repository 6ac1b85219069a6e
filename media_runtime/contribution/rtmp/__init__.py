"""RTMP as publishers speak it: Adobe's Real Time Messaging Protocol 1.0, the publishing half."""
