"""Errors at the console: grouping into issues, their tables, reads and page."""
