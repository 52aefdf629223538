"""The ways in, one file a protocol, named after who sends it."""
