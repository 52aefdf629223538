"""Where rules match: three engines with one result, and what the one in C is told."""
