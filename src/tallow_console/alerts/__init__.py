"""Alerts at the console: what is watched, its state, and the page."""
