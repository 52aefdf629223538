"""Health of the watched applications: the poller, its table, reads and page."""
