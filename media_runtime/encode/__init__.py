"""Encoding: chunks of picture, renditions of sound, thumbnails; each verified, then stored."""
