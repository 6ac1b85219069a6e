"""WHIP (RFC 9725): browsers and encoders publish by WebRTC, which aiortc speaks."""
