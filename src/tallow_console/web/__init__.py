"""What every page of the console is made with: templates, ranges, units, charts, login."""
