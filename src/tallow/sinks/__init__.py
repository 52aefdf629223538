"""What packs clean records for one destination."""
