"""What would have left: a sink that keeps every record for the test to read."""

from collections.abc import Iterator
from contextlib import contextmanager

from tallow import pipeline
from tallow.logs.logger import set_level
from tallow.records import ErrorItem, LogLine, PageEvent, Record, Vital
from tallow.wire import lines

__all__ = ["Leaving", "leaving"]


class Leaving:
    """Everything that was scrubbed and offered to a sink, as bytes and as records."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def offer(self, payload: bytes) -> bool:
        self.payloads.append(payload)
        return True

    @property
    def records(self) -> list[Record]:
        return [lines.decode(payload) for payload in self.payloads]

    @property
    def logs(self) -> list[LogLine]:
        return [one for one in self.records if isinstance(one, LogLine)]

    @property
    def events(self) -> list[PageEvent]:
        return [one for one in self.records if isinstance(one, PageEvent)]

    @property
    def vitals(self) -> list[Vital]:
        return [one for one in self.records if isinstance(one, Vital)]

    @property
    def errors(self) -> list[ErrorItem]:
        return [one for one in self.records if isinstance(one, ErrorItem)]


@contextmanager
def leaving() -> Iterator[Leaving]:
    """Run the body with a pipeline whose only sink is the test."""
    left = Leaving()
    route = pipeline.Route(lambda _: True, left.offer)
    pipeline.use(pipeline.Engine((route,), (), {}, "debug"))
    set_level("debug")
    try:
        yield left
    finally:
        pipeline.use(None)
        set_level("info")
