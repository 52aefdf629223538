"""Where Tallow meets a framework: context in and out, errors, timings, routes to mount."""
