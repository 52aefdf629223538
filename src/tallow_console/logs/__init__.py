"""Log lines at the console: their table, their reads, their page."""
