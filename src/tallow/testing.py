"""What would have left, in memory: capture(), for tests of an application."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from . import pipeline, settings
from .errors import capture as errors
from .errors.caps import CAPS
from .logs import bridge
from .logs.logger import set_level
from .records import Clean, ErrorItem, JsonValue, LogLine, PageEvent, Record, Vital

if TYPE_CHECKING:
    from .errors.client import TallowClient

__all__ = ["Left", "capture"]

_NOWHERE: Final = "http://capture@127.0.0.1:9/1"
_FLUSH_S: Final = 5.0


class Left:
    """What would have left while `capture` ran, scrubbed, oldest first."""

    def __init__(self) -> None:
        self.logs: list[LogLine] = []
        self.events: list[PageEvent] = []
        self.vitals: list[Vital] = []
        self._errors: list[ErrorItem] = []
        self._has_client = False
        self._client_before: TallowClient | None = None

    @property
    def errors(self) -> list[ErrorItem]:
        """The items of error envelopes; waits for those still being built."""
        if self._has_client:
            from .errors import client

            client.flush(_FLUSH_S)
        return self._errors

    def _take(self, clean: Clean[Record], _payload: bytes) -> None:
        record = clean.value
        match record:
            case LogLine():
                self.logs.append(record)
            case PageEvent():
                self.events.append(record)
            case Vital():
                self.vitals.append(record)
            case ErrorItem():
                self._errors.append(record)

    def _send(self, error: BaseException, context: Mapping[str, object], is_handled: bool) -> str:
        """Build the event of an error; sentry-sdk is started by the first."""
        from .errors import client

        if not self._has_client:
            self._client_before = client.client()
            client.start(_NOWHERE, release="", environment="test", server_name="")
            self._has_client = True
        return client.capture(error, context, is_handled)

    def _close(self) -> None:
        if self._has_client:
            from .errors import client

            client.flush(_FLUSH_S)
            client.stop()
            client.resume(self._client_before)


@contextmanager
def capture(**given: object) -> Iterator[Left]:
    """Run the body with nothing leaving it, and yield what would have.

    Every level is kept; keywords are settings, as for `init()`. What `init()` started rests
    meanwhile and goes on after. No network, no disk, not for production.
    """
    left = Left()
    chosen = settings.read({}, **given) if given else settings.current()
    known: dict[str, JsonValue] = {"service": chosen.service, "environment": chosen.environment}
    before = settings.use(chosen)
    ratio_before = CAPS.sample_ratio
    engine_before = pipeline.use(pipeline.Engine((), (left._take,), known, "debug"))
    level_before = set_level("debug")
    send_before = errors.send_by(left._send)
    CAPS.reset(1.0)
    bridged_before = bridge.is_installed()
    if chosen.bridge_logging:
        bridge.install()
    try:
        yield left
    finally:
        if not bridged_before:
            bridge.remove()
        left._close()
        CAPS.reset(ratio_before)
        errors.send_by(send_before)
        set_level(level_before)
        pipeline.use(engine_before)
        settings.use(before)
