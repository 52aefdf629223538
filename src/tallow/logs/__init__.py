"""Structured logs: a logger, and bridges from the standard library and structlog."""

from .logger import Logger, logger

__all__ = ["Logger", "logger"]
