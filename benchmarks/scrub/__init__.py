"""How well, how evenly and how fast the scrubber works, on lines nobody tuned it for."""
