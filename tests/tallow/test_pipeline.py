from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tallow import context, pipeline
from tallow.metrics import INTERNAL_ERRORS
from tallow.records import Clean, ErrorItem, LogLine, PageEvent, Record
from tallow.wire import lines


@dataclass
class _Kept:
    """A route that keeps what it is offered."""

    wanted: type[object] = object
    payloads: list[bytes] = field(default_factory=list)
    is_full: bool = False

    def offer(self, payload: bytes) -> bool:
        if not self.is_full:
            self.payloads.append(payload)
        return not self.is_full

    @property
    def route(self) -> pipeline.Route:
        return pipeline.Route(lambda record: isinstance(record, self.wanted), self.offer)

    @property
    def line(self) -> LogLine:
        record = lines.decode(self.payloads[-1])
        assert isinstance(record, LogLine)
        return record


@pytest.fixture
def kept() -> Iterator[_Kept]:
    kept = _Kept()
    before = pipeline.use(pipeline.Engine((kept.route,), (), {"service": "x"}, "info"))
    yield kept
    pipeline.use(before)


def test_a_line_gets_its_context(kept: _Kept) -> None:
    with context.correlation_scope("ab" * 16), context.fields_scope(room=3, n=1):
        pipeline.emit(LogLine(1.0, "info", "hi", context={"n": 2}, metadata={"logger": "y"}))

    assert kept.line == LogLine(
        1.0, "info", "hi", "ab" * 16, {"room": 3, "n": 2}, {"service": "x", "logger": "y"}
    )


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(LogLine(1.0, "info", "mail ann@example.org"), id="a message"),
        pytest.param(LogLine(1.0, "info", "x", context={"to": "ann@example.org"}), id="a field"),
        pytest.param(
            ErrorItem(1.0, "event", {"message": "no ann@example.org"}), id="an error's message"
        ),
        pytest.param(
            PageEvent(1.0, "x", "https://h/?q=ann@example.org", address="192.0.2.7"),
            id="an address in an address",
        ),
    ],
)
def test_what_reaches_a_journal_is_scrubbed(kept: _Kept, record: Record) -> None:
    assert pipeline.emit(record) is True
    assert b"ann@" not in kept.payloads[0]
    assert b"192.0.2.7" not in kept.payloads[0]


def test_bound_fields_are_scrubbed_too(kept: _Kept) -> None:
    with context.fields_scope(user="ann@example.org"):
        pipeline.emit(LogLine(1.0, "info", "hi"))

    assert b"ann@" not in kept.payloads[0]


def test_lines_below_the_level_are_not_kept(kept: _Kept) -> None:
    assert pipeline.emit(LogLine(1.0, "debug", "hi")) is False
    assert kept.payloads == []


def test_a_record_goes_to_the_sinks_that_want_it() -> None:
    logs, errors = _Kept(LogLine), _Kept(ErrorItem)
    before = pipeline.use(pipeline.Engine((logs.route, errors.route)))

    pipeline.emit(LogLine(1.0, "info", "hi"))
    pipeline.emit(ErrorItem(1.0, "event", {}))
    pipeline.use(before)

    assert (len(logs.payloads), len(errors.payloads)) == (1, 1)


def test_emit_is_true_only_when_a_journal_has_the_record() -> None:
    full = _Kept(is_full=True)
    before = pipeline.use(pipeline.Engine((full.route,)))
    refused = pipeline.emit(LogLine(1.0, "info", "hi"))
    pipeline.use(pipeline.Engine())
    unwanted = pipeline.emit(LogLine(1.0, "info", "hi"))
    pipeline.use(before)

    assert (refused, unwanted) == (False, False)


def test_before_the_start_only_lines_of_weight_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = pipeline.use(None)
    for record in (
        LogLine(1.0, "info", "quiet"),
        LogLine(1.0, "warning", "mail ann@example.org"),
        ErrorItem(1.0, "event", {"message": "quiet"}),
    ):
        assert pipeline.emit(record) is False
    pipeline.use(before)

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "mail [email]" in captured.err
    assert "quiet" not in captured.err


def test_a_failure_inside_is_counted_and_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_payload: bytes) -> bool:
        raise LookupError("hunter2")

    before = pipeline.use(pipeline.Engine((pipeline.Route(lambda _record: True, broken),)))
    counted = INTERNAL_ERRORS.labels("pipeline")
    count_before = counted.value
    outcomes = [pipeline.emit(LogLine(1.0, "info", "hi")) for _ in range(3)]
    pipeline.use(before)

    said = capsys.readouterr().err
    assert outcomes == [False] * 3
    assert counted.value == count_before + 3
    assert said.count("LookupError") == 1
    assert "hunter2" not in said


def test_a_writer_that_logs_does_not_come_round_for_ever() -> None:
    shown: list[str] = []

    def write(clean: Clean[Record], _payload: bytes) -> None:
        assert isinstance(clean.value, LogLine)
        shown.append(clean.value.message)
        pipeline.emit(LogLine(1.0, "info", "again"))

    before = pipeline.use(pipeline.Engine(writers=(write,)))
    pipeline.emit(LogLine(1.0, "info", "once"))
    pipeline.use(before)

    assert shown == ["once"]


def test_an_exception_is_described_without_source_and_in_bounds() -> None:
    def dig(depth: int) -> None:
        if depth == 0:
            raise ValueError("at the bottom")
        dig(depth - 1)

    try:
        dig(500)
    except ValueError as error:
        said = pipeline.describe(error)

    assert (said["type"], said["message"]) == ("ValueError", "at the bottom")
    assert str(said["stack"]).endswith(" in dig")
    assert "raise ValueError" not in str(said["stack"])
    assert len(str(said["stack"])) <= 16_000


def test_an_exception_that_cannot_be_shown_is_described_all_the_same() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert pipeline.describe(MuteError())["message"] == ""
