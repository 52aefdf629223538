"""Errors: captured once, capped, built by sentry-sdk, handed to the pipeline."""
