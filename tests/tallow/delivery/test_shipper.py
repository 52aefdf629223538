import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from tallow.delivery import shipper as shipper_module
from tallow.delivery.http import Http, Reply
from tallow.delivery.journal import Journal
from tallow.delivery.lane import Lane
from tallow.delivery.shipper import Shipper
from tallow.records import Clean, LogLine, Parcel, Record
from tallow.sinks.loki import LokiSink
from tests.tallow.receiver import Answer, Receiver, receiving, wait_until

_HEIR = """
    import sys, time
    import tallow
    from tallow import start
    tallow.init(loki_url=sys.argv[1], data_dir=sys.argv[2])
    adopted = False
    while not adopted or start.status().sinks[0].journal_bytes:
        adopted = adopted or start.status().sinks[0].journal_bytes > 0
        time.sleep(0.01)
"""


def _restore(payload: bytes) -> Clean[Record]:
    return Clean(LogLine(1.0, "info", payload.decode()))


class _Road:
    """A journal, a lane and a shipper to one receiver."""

    def __init__(self, tmp_path: Path, address: str, interval_s: float = 0.01) -> None:
        http = Http(2.0)
        self.journal = Journal(tmp_path / "loki", 1024 * 1024, lambda: self.shipper.wake())
        self.lane = Lane(
            LokiSink(address, {}),
            self.journal,
            http.post,
            _restore,
            tmp_path / "dead.jsonl",
            lambda _low, _high: 0.02,
        )
        self.shipper = Shipper([self.lane], http, interval_s, [self.journal.adopt])


def _messages(receiver: Receiver) -> str:
    return "".join(request.body.decode() for request in receiver.accepted)


def test_a_record_leaves_by_itself(tmp_path: Path) -> None:
    with receiving() as receiver:
        road = _Road(tmp_path, receiver.address)
        road.journal.append(b"hello")
        assert wait_until(lambda: "hello" in _messages(receiver))
        road.shipper.stop()


def test_many_records_leave_in_few_requests(tmp_path: Path) -> None:
    with receiving() as receiver:
        road = _Road(tmp_path, receiver.address, interval_s=0.2)
        for number in range(400):
            road.journal.append(b"line-%d." % number)
        assert road.shipper.flush(5.0)
        road.shipper.stop()

    assert len(receiver.requests) <= 3
    assert all(f"line-{number}." in _messages(receiver) for number in range(400))


def test_flush_says_whether_all_left(tmp_path: Path) -> None:
    with receiving() as receiver:
        road = _Road(tmp_path, receiver.address)
        road.journal.append(b"a")
        assert road.shipper.flush(5.0) is True

        receiver.rule = lambda _body: Answer(503, {"Retry-After": "60"})
        road.journal.append(b"b")
        began_s = time.monotonic()

        assert road.shipper.flush(5.0) is False
        assert time.monotonic() - began_s < 2
        road.shipper.stop()


def test_delivery_goes_on_when_the_far_side_returns(tmp_path: Path) -> None:
    with receiving() as first:
        port = first.port
    road = _Road(tmp_path, f"http://127.0.0.1:{port}")
    for number in range(20):
        road.journal.append(b"line-%d." % number)
    assert wait_until(lambda: road.lane.failures >= 3)

    with receiving(port) as receiver:
        assert wait_until(lambda: road.journal.backlog_bytes() == 0)
        road.shipper.stop()

    assert [_messages(receiver).count(f"line-{number}.") for number in range(20)] == [1] * 20


def test_a_storm_of_401_deletes_nothing(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.rule = lambda _body: Answer(401)
        road = _Road(tmp_path, receiver.address)
        for number in range(20):
            road.journal.append(b"line-%d." % number)
            road.shipper.flush(0.05)
        receiver.rule = None

        assert road.shipper.flush(5.0) is True
        road.shipper.stop()

    assert [_messages(receiver).count(f"line-{number}.") for number in range(20)] == [1] * 20


def test_a_failure_of_our_own_loses_nothing_and_ends_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as receiver:
        road = _Road(tmp_path, receiver.address)
        monkeypatch.setattr(shipper_module, "_AFTER_FAILURE_S", 0.01)
        failures = iter([RuntimeError("ours"), MemoryError()])
        post = road.lane._post

        def fail_first(parcel: Parcel) -> Reply:
            for failure in failures:
                raise failure
            return post(parcel)

        monkeypatch.setattr(road.lane, "_post", fail_first)
        road.journal.append(b"kept")

        assert wait_until(lambda: "kept" in _messages(receiver))
        road.shipper.stop()
    assert not (tmp_path / "dead.jsonl").exists()


def test_an_idle_shipper_sleeps(tmp_path: Path) -> None:
    with receiving() as receiver:
        road = _Road(tmp_path, receiver.address)
        road.journal.append(b"a")
        road.shipper.flush(5.0)
        thread = next(one for one in threading.enumerate() if one.name == "tallow-shipper")
        began_s = time.process_time()

        thread.join(0.3)

        assert time.process_time() - began_s < 0.05
        road.shipper.stop()
        assert not thread.is_alive()


def test_a_killed_sender_repeats_at_most_the_batch_it_was_at(tmp_path: Path) -> None:
    script = """
        import os, sys
        from pathlib import Path
        import tallow
        tallow.init(loki_url=sys.argv[1], data_dir=sys.argv[2], log_format="json",
                    flush_interval_s=0.001)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        for number in range(10_000_000):
            tallow.logger.info("line", n=number)
            if number % 50 == 0:
                os.write(2, b"%d\\n" % number)
    """
    with receiving() as receiver:
        command = [sys.executable, "-c", textwrap.dedent(script), receiver.address, str(tmp_path)]
        sender = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert sender.stderr is not None
        said = [sender.stderr.readline() for _ in range(30)]
        assert wait_until(lambda: len(receiver.accepted) >= 2)
        sender.kill()
        sender.wait()
        said += sender.stderr.readlines()
        last = max(int(line) for line in said if line.strip().isdigit())

        heir = subprocess.run(
            [*command[:2], textwrap.dedent(_HEIR), *command[3:]], check=True, timeout=60
        )

    text = _messages(receiver)
    copies = [text.count(f'\\"n\\":{number}}}') for number in range(last + 1)]
    assert heir.returncode == 0
    assert min(copies) == 1
    assert sum(copies) - len(copies) <= 500
