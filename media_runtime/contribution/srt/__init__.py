"""SRT as a listener: many publishers on one UDP port, by Haivision's libsrt."""
