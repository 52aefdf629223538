"""What a log line costs in the caller and on its way, beside structlog with orjson in one run."""

import gzip
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any

import orjson
import structlog

from benchmarks.budget import Budget, interleaved
from tallow import context, pipeline
from tallow.delivery.journal import Journal
from tallow.logs.logger import logger, set_level
from tallow.records import Clean, LogLine
from tallow.sinks.loki import LokiSink
from tallow.sinks.stdout import StdoutWriter
from tallow.wire import lines

__all__ = ["budgets", "main"]

_PEER = "structlog (orjson)"
_LINES = 3000
_BATCH = 500
_METADATA = {"service": "transfer", "environment": "production", "release": "0.1.0"}
_SAID: dict[str, Any] = {
    "transfer_id": "tr-81723",
    "chunk": 17,
    "size_bytes": 65536,
    "method": "relay",
    "peer_state": "connected",
}
_MESSAGE = "chunk received and acknowledged by the peer"

_their_id: ContextVar[str] = ContextVar("their_id", default="")


def budgets() -> list[Budget]:
    """Return the costs of a line to a file, to the journal, of one not kept, and of shipping."""
    return [*_lines(), _disabled(), _shipping()]


def _lines() -> list[Budget]:
    with tempfile.TemporaryDirectory() as folder, _stdout_in(Path(folder) / "ours.log"):
        journal = Journal(Path(folder) / "loki", 4096 * 1024 * 1024)
        route = pipeline.Route(lambda record: isinstance(record, LogLine), journal.append)
        shown = pipeline.Engine((), (StdoutWriter("json"),), _METADATA)
        kept = pipeline.Engine((route,), (), _METADATA)
        with (Path(folder) / "theirs.log").open("ab", buffering=0) as file:
            theirs = _structlog(file)
            taken = interleaved(
                {
                    "theirs": lambda: _say_theirs(theirs),
                    "shown, unscrubbed": lambda: _say(shown, is_scrubbed=False),
                    "kept, unscrubbed": lambda: _say(kept, is_scrubbed=False),
                    "shown": lambda: _say(shown, is_scrubbed=True),
                    "kept": lambda: _say(kept, is_scrubbed=True),
                },
                rounds=9,
            )
        journal.close()
    peer_us = taken["theirs"] / _LINES * 1e6
    goals = {"shown, unscrubbed": 2.5, "kept, unscrubbed": 2.5, "shown": 1.2, "kept": 1.2}
    names = {
        "shown, unscrubbed": "JSON line to a file, scrubber off",
        "kept, unscrubbed": "JSON line to the journal, scrubber off",
        "shown": "JSON line to a file, scrubbed",
        "kept": "JSON line to the journal, scrubbed",
    }
    return [
        Budget(names[name], _PEER, taken[name] / _LINES * 1e6, peer_us, "us", goal=goal)
        for name, goal in goals.items()
    ]


def _say(engine: pipeline.Engine, is_scrubbed: bool) -> None:
    before = pipeline.use(engine)
    cleaner, level = pipeline._clean, set_level("info")
    pipeline._clean = None if is_scrubbed else Clean
    with context.correlation_scope("4bf92f3577b34da6a3ce929d0e0e4736"):
        for number in range(_LINES):
            logger.info(_MESSAGE, number=number, **_SAID)
    pipeline._clean = cleaner
    set_level(level)
    pipeline.use(before)


def _structlog(file: IO[bytes]) -> Any:
    """Return structlog set up for the same entry, as its own page on speed advises."""

    def shape(_logger: object, method: str, said: dict[str, Any]) -> dict[str, Any]:
        message = said.pop("event")
        stamp = said.pop("timestamp")
        return {
            "timestamp": stamp,
            "level": method,
            "message": message,
            "correlationId": _their_id.get(),
            "context": said,
            "metadata": _METADATA,
            "performance": {},
        }

    return structlog.wrap_logger(
        structlog.BytesLogger(file),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            shape,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=True,
    ).bind()


def _say_theirs(theirs: Any) -> None:
    token = _their_id.set("4bf92f3577b34da6a3ce929d0e0e4736")
    for number in range(_LINES):
        theirs.info(_MESSAGE, number=number, **_SAID)
    _their_id.reset(token)


def _disabled() -> Budget:
    """Return what a line costs that is below the level, over an empty loop."""
    times = range(20_000)
    say = logger.debug

    def ours() -> None:
        for _ in times:
            say(_MESSAGE, number=1)

    def empty() -> None:
        for _ in times:
            pass

    level = set_level("warning")
    taken = interleaved({"ours": ours, "empty": empty}, rounds=15)
    set_level(level)
    cost_ns = (taken["ours"] - taken["empty"]) / len(times) * 1e9
    return Budget("a line below the level", "limit 100 ns", cost_ns, 100, "ns", goal=1)


def _shipping() -> Budget:
    """Return how many lines a second one core reads back, packs and compresses for Loki."""
    sink = LokiSink("http://127.0.0.1:9", {"service": "transfer", "env": "production"})
    line = LogLine(1.0, "info", _MESSAGE, "ab" * 16, _SAID, _METADATA)
    payloads = [lines.encode(line)] * _BATCH
    taken = interleaved(
        {"ours": lambda: gzip.compress(sink.pack([pipeline.restore(p) for p in payloads]).body, 1)},
        rounds=9,
        repeat=4,
    )
    rate = _BATCH / taken["ours"]
    return Budget(
        "lines read back, packed, compressed for Loki",
        "limit 100,000/s",
        rate,
        100_000,
        "/s",
        "more is better",
        goal=1,
    )


@contextmanager
def _stdout_in(path: Path) -> Iterator[None]:
    """Let standard output be a file while the body runs."""
    before = sys.stdout
    with path.open("w") as file:
        sys.stdout = file
        try:
            yield
        finally:
            sys.stdout = before


def main() -> None:
    """Print the table."""
    from benchmarks.budget import table

    print(table(budgets()))


if __name__ == "__main__":
    main()
