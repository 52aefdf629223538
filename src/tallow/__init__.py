"""Privacy-first observability: what a developer imports."""
