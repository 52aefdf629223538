"""Tests of the transfer app; the folders and files mirror `src/tallow_transfer/`."""
