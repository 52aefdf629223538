"""Metrics at the console: the scraper, series and samples, reads and page."""
