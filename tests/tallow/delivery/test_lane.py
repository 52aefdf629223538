from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.delivery.http import Reply
from tallow.delivery.journal import Journal
from tallow.delivery.lane import IDLE, Lane
from tallow.exceptions import WireError
from tallow.records import Clean, LogLine, Parcel, Record

_MIB = 1024 * 1024


class _Joined:
    """A sink that writes one message a line."""

    name = "joined"
    batch_limit = 500

    def wants(self, record: Record) -> bool:
        return True

    def pack(self, batch: Sequence[Clean[Record]]) -> Parcel:
        messages = [clean.value.message for clean in batch if isinstance(clean.value, LogLine)]
        if "unpackable" in messages:
            raise KeyError("unpackable")
        return Parcel("http://far.invalid/", "\n".join(messages).encode(), count=len(batch))


class _FarSide:
    """Answers by rule and keeps what it took."""

    def __init__(self, rule: Callable[[list[str]], Reply]) -> None:
        self.rule = rule
        self.took: list[str] = []
        self.tries = 0

    def __call__(self, parcel: Parcel) -> Reply:
        messages = parcel.body.decode().split("\n")
        self.tries += 1
        reply = self.rule(messages)
        if reply.status < 300 and reply.status:
            self.took.extend(messages)
        return reply


def _restore(payload: bytes) -> Clean[Record]:
    if payload == b"garbage":
        raise WireError("line", "is not JSON", "one JSON object")
    return Clean(LogLine(100.0, "info", payload.decode()))


def _lane(tmp_path: Path, far_side: _FarSide, *messages: str) -> Lane:
    journal = Journal(tmp_path / "joined", _MIB)
    for message in messages:
        journal.append(message.encode())
    return Lane(
        _Joined(), journal, far_side, _restore, tmp_path / "dead.jsonl", lambda _low, high: high
    )


def _step_until_idle(lane: Lane, now_s: float = 0.0) -> float:
    for _ in range(100):
        due_s = lane.step(now_s)
        if due_s > now_s:
            return due_s
    raise AssertionError("the lane never came to rest")


def test_what_waits_goes_in_one_batch(tmp_path: Path) -> None:
    far_side = _FarSide(lambda _messages: Reply(204))
    lane = _lane(tmp_path, far_side, "a", "b", "c")

    assert _step_until_idle(lane) == IDLE
    assert far_side.took == ["a", "b", "c"]
    assert far_side.tries == 1


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(0, id="no answer"),
        pytest.param(429, id="too many"),
        pytest.param(503, id="not now"),
        pytest.param(401, id="a wrong key"),
        pytest.param(404, id="nothing there"),
    ],
)
def test_a_far_side_that_is_down_costs_nothing_but_time(tmp_path: Path, status: int) -> None:
    is_up = False
    far_side = _FarSide(lambda _messages: Reply(204 if is_up else status))
    lane = _lane(tmp_path, far_side, "a", "b")
    now_s = 0.0

    for _ in range(20):
        now_s = _step_until_idle(lane, now_s)
    assert far_side.tries == 20
    is_up = True

    assert _step_until_idle(lane, now_s) == IDLE
    assert far_side.took == ["a", "b"]


def test_before_its_time_nothing_is_tried(tmp_path: Path) -> None:
    far_side = _FarSide(lambda _messages: Reply(503))
    lane = _lane(tmp_path, far_side, "a")
    due_s = _step_until_idle(lane)

    lane.step(due_s - 0.001)

    assert far_side.tries == 1


def test_a_wait_asked_for_is_kept_to(tmp_path: Path) -> None:
    lane = _lane(tmp_path, _FarSide(lambda _messages: Reply(429, retry_after_s=77.0)), "a")

    assert _step_until_idle(lane) == 77.0


def test_a_refused_key_is_tried_again_each_minute(tmp_path: Path) -> None:
    lane = _lane(tmp_path, _FarSide(lambda _messages: Reply(403)), "a")

    assert _step_until_idle(lane) == 60.0


def test_a_batch_too_large_is_halved_until_it_fits(tmp_path: Path) -> None:
    far_side = _FarSide(lambda messages: Reply(413 if len(messages) > 3 else 204))
    messages = [str(number) for number in range(40)]
    lane = _lane(tmp_path, far_side, *messages)

    assert _step_until_idle(lane) == IDLE
    assert far_side.took == messages


def test_the_one_at_fault_is_found_and_set_aside(tmp_path: Path) -> None:
    far_side = _FarSide(lambda messages: Reply(400 if "137" in messages else 204))
    messages = [str(number) for number in range(400)]
    lane = _lane(tmp_path, far_side, *messages)

    assert _step_until_idle(lane) == IDLE
    assert far_side.took == [message for message in messages if message != "137"]
    assert (tmp_path / "dead.jsonl").read_text() == "137\n"
    assert (tmp_path / "dead.jsonl").stat().st_mode & 0o777 == 0o600
    assert far_side.tries < 25


def test_a_record_that_cannot_be_packed_holds_up_no_other(tmp_path: Path) -> None:
    far_side = _FarSide(lambda _messages: Reply(204))
    lane = _lane(tmp_path, far_side, "a", "unpackable", "b")

    assert _step_until_idle(lane) == IDLE
    assert far_side.took == ["a", "b"]


def test_a_record_that_is_none_holds_up_no_other(tmp_path: Path) -> None:
    far_side = _FarSide(lambda _messages: Reply(204))
    lane = _lane(tmp_path, far_side, "garbage", "a", "garbage", "b")

    assert _step_until_idle(lane) == IDLE
    assert far_side.took == ["a", "b"]


def test_its_status_says_what_waits_and_why(tmp_path: Path) -> None:
    lane = _lane(tmp_path, _FarSide(lambda _messages: Reply(0, problem="NewConnectionError")), "a")
    _step_until_idle(lane)

    status = lane.status(wall_s=160.0)

    assert (status.sink, status.last_outcome, status.oldest_s) == (
        "joined",
        "NewConnectionError",
        60.0,
    )
    assert status.journal_bytes > 0
    assert status.delivered == 0


@given(
    st.lists(st.sampled_from([204, 204, 0, 429, 500, 503, 401, 404, 413, 302]), max_size=40),
    st.integers(1, 60),
    st.sets(st.integers(0, 59), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_far_side_does_nothing_is_lost_or_out_of_order(
    statuses: list[int], count: int, at_fault: set[int]
) -> None:
    def rule(messages: list[str]) -> Reply:
        if any(int(message) in at_fault for message in messages):
            return Reply(400)
        status = statuses.pop() if statuses else 204
        return Reply(204 if status == 413 and len(messages) == 1 else status)

    with TemporaryDirectory() as folder:
        far_side = _FarSide(rule)
        lane = _lane(Path(folder), far_side, *map(str, range(count)))
        now_s = 0.0
        while (now_s := _step_until_idle(lane, now_s)) != IDLE:
            pass

    assert far_side.took == [str(number) for number in range(count) if number not in at_fault]
