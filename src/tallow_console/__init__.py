"""The console: receives, keeps, shows and alerts, on one machine."""
