"""Analytics: what is used and how often, without knowing by whom."""

from .events import (
    Visitor,
    connection_established,
    duration_bucket,
    feature_used,
    file_received,
    file_sent,
    page_view,
    send,
    size_bucket,
    track,
    transfer_failed,
    visitor_scope,
)
from .funnels import Completion, Funnel
from .sessions import Session, Sessions

__all__ = [
    "Completion",
    "Funnel",
    "Session",
    "Sessions",
    "Visitor",
    "connection_established",
    "duration_bucket",
    "feature_used",
    "file_received",
    "file_sent",
    "page_view",
    "send",
    "size_bucket",
    "track",
    "transfer_failed",
    "visitor_scope",
]
