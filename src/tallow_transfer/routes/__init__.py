"""The HTTP and WebSocket routes: rooms, signaling with its relay, reports, breaking on purpose."""

from .routes import Service, routes

__all__ = ["Service", "routes"]
