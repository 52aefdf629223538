"""Web Vitals at the console: their table, reads and page."""
