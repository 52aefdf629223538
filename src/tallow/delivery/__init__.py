"""From a clean record to an acknowledged request: journal, shipper, HTTP, retry."""
