"""One file a protocol, both directions, between bytes and records."""
