"""Page views and events at the console: sessions, their table, reads and page."""
