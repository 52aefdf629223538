import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tallow.delivery import journal as journal_module
from tallow.delivery.frames import LONGEST_PAYLOAD
from tallow.delivery.journal import Journal
from tests.tallow.receiver import wait_until

_MIB = 1024 * 1024


def _all(journal: Journal) -> list[bytes]:
    """Read and commit everything, as the shipper would."""
    found = []
    while (batch := journal.read(500)) is not None:
        found.extend(batch.payloads)
        journal.commit(batch, len(batch.payloads))
    return found


def _run(script: str, *arguments: object, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def test_records_come_out_in_order_and_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    for number in range(1200):
        assert journal.append(b"%d" % number)

    assert _all(journal) == [b"%d" % number for number in range(1200)]
    assert journal.read(500) is None
    assert journal.backlog_bytes() == 0


def test_what_is_not_committed_is_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    for number in range(4):
        journal.append(b"%d" % number)
    batch = journal.read(500)
    assert batch is not None

    journal.commit(batch, 1)

    assert _all(journal) == [b"1", b"2", b"3"]


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    journal.append(b"x")
    batch = journal.read(1)
    assert batch is not None
    journal.append(b"y")
    journal.commit(batch, 1)

    modes = {path.suffix: path.stat().st_mode & 0o777 for path in (tmp_path / "loki").iterdir()}

    assert modes == {".seg": 0o600, ".cur": 0o600}
    assert (tmp_path / "loki").stat().st_mode & 0o777 == 0o700


def test_the_next_process_goes_on_where_this_one_stopped(tmp_path: Path) -> None:
    before = Journal(tmp_path / "loki", _MIB)
    for number in range(10):
        before.append(b"%d" % number)
    batch = before.read(4)
    assert batch is not None
    before.commit(batch, 4)
    before.close()

    after = Journal(tmp_path / "loki", _MIB)

    assert after.adopt() == 1
    assert _all(after) == [b"%d" % number for number in range(4, 10)]
    assert list((tmp_path / "loki").iterdir()) == []


def test_a_clean_end_leaves_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    journal.append(b"x")
    _all(journal)

    journal.close()

    assert list((tmp_path / "loki").iterdir()) == []


def test_a_segment_is_not_adopted_while_its_writer_lives(tmp_path: Path) -> None:
    writer = Journal(tmp_path / "loki", _MIB)
    writer.append(b"x")

    assert Journal(tmp_path / "loki", _MIB).adopt() == 0


def test_two_processes_that_adopt_share_the_segments(tmp_path: Path) -> None:
    writer = Journal(tmp_path / "loki", _MIB)
    writer.append(b"x")
    writer.close()
    first, second = Journal(tmp_path / "loki", _MIB), Journal(tmp_path / "loki", _MIB)

    assert (first.adopt(), second.adopt()) == (1, 0)


def test_kill_9_in_a_burst_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    writer = _run(
        """
        import os, sys
        from pathlib import Path
        from tallow.delivery.journal import Journal
        journal = Journal(Path(sys.argv[1]), 64 * 1024 * 1024)
        for number in range(10_000_000):
            if journal.append(b'{"n":%d,"pad":"%b"}' % (number, b"x" * 300)):
                os.write(1, b"%d\\n" % number)
        """,
        tmp_path / "loki",
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline() for _ in range(3000)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += writer.stdout.readlines()
    writer.wait()
    last = int(acknowledged[-1] if acknowledged[-1].endswith("\n") else acknowledged[-2])

    survivor = Journal(tmp_path / "loki", 64 * _MIB)
    survivor.adopt()
    numbers = [int(payload[5:].split(b",")[0]) for payload in _all(survivor)]

    assert len(acknowledged) >= 3000
    assert numbers == list(range(len(numbers)))
    assert numbers[-1] >= last


def test_a_torn_tail_costs_only_itself(tmp_path: Path) -> None:
    writer = Journal(tmp_path / "loki", _MIB)
    writer.append(b"whole")
    writer.append(b"torn in the middle")
    writer.close()
    (segment,) = (tmp_path / "loki").glob("*.seg")
    os.truncate(segment, segment.stat().st_size - 5)

    survivor = Journal(tmp_path / "loki", _MIB)
    survivor.adopt()

    assert _all(survivor) == [b"whole"]
    assert list((tmp_path / "loki").glob("*.seg")) == []


def test_a_child_process_has_segments_of_its_own(tmp_path: Path) -> None:
    script = """
        import os, sys
        from pathlib import Path
        from tallow.delivery.journal import Journal
        journal = Journal(Path(sys.argv[1]), 1024 * 1024)
        journal.append(b"parent before")
        child = os.fork()
        if child == 0:
            journal.append(b"child")
            os._exit(0)
        os.waitpid(child, 0)
        journal.append(b"parent after")
        os._exit(0)
    """
    assert _run(script, tmp_path / "loki").wait() == 0

    survivor = Journal(tmp_path / "loki", _MIB)

    assert survivor.adopt() == 2
    assert _all(survivor) == [b"parent before", b"parent after", b"child"]


def test_a_child_process_keeps_no_lock_of_its_dead_parent(tmp_path: Path) -> None:
    script = """
        import os, sys, time
        from pathlib import Path
        from tallow.delivery.journal import Journal
        journal = Journal(Path(sys.argv[1]), 1024 * 1024)
        journal.append(b"parent")
        if os.fork() == 0:
            print("ready", flush=True)
            sys.stdin.read()
            os._exit(0)
        os._exit(0)
    """
    process = _run(script, tmp_path / "loki", stdin=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.wait()
    survivor = Journal(tmp_path / "loki", _MIB)

    adopted = survivor.adopt()

    assert process.stdin is not None
    process.stdin.close()
    process.stdout.close()
    assert adopted == 1


def test_a_full_journal_gives_up_the_oldest_and_counts_them(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "full", 64 * 1024)
    evicted = journal_module._evicted.labels("full")
    before = evicted.value

    for number in range(4000):
        assert journal.append(b"%05d" % number + b"x" * 95)

    used = sum(path.stat().st_size for path in (tmp_path / "full").iterdir())
    left = _all(journal)
    assert used <= 64 * 1024
    assert len(left) + evicted.value - before == 4000
    assert left[-1][:5] == b"03999"
    assert left == sorted(left)


def test_a_record_that_is_given_up_while_on_its_way_does_no_harm(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", 64 * 1024)
    journal.append(b"first")
    batch = journal.read(1)
    assert batch is not None
    for _ in range(2000):
        journal.append(b"x" * 100)

    journal.commit(batch, 1)

    assert b"first" not in _all(journal)


def test_a_commit_after_closing_leaves_the_heir_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    journal.append(b"a")
    journal.append(b"b")
    batch = journal.read(2)
    assert batch is not None
    journal.close()
    heir = Journal(tmp_path / "loki", _MIB)
    heir.adopt()

    journal.commit(batch, 2)

    assert journal.read(2) is None
    assert _all(heir) == [b"a", b"b"]


def test_a_place_is_passed_though_more_has_come_since(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", 64 * 1024)
    journal.append(b"first")
    place = journal.end()
    assert not journal.has_passed(place)
    for _ in range(100):
        journal.append(b"x" * 100)
    batch = journal.read(1)
    assert batch is not None

    journal.commit(batch, 1)

    assert journal.has_passed(place)
    assert journal.backlog_bytes() > 0


def test_reading_and_giving_up_the_oldest_at_once_mixes_nothing_up(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", 64 * 1024)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            journal.append(b"%09d" % number + b"x" * 400)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    read: list[bytes] = []
    for _ in range(300):
        batch = journal.read(20)
        if batch is not None:
            read.extend(batch.payloads)
            journal.commit(batch, len(batch.payloads))
    stop.set()
    writer.join()

    numbers = [int(payload[:9]) for payload in read]
    assert numbers == sorted(set(numbers))
    assert {len(payload) for payload in read} == {409}


class _FullDisk:
    """A disk that takes `room` more bytes and then no more."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write = os.write

    def __call__(self, fd: int, data: bytes) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "no space left")
        taken = min(self.room, len(data))
        self.room -= taken
        return self.write(fd, data[:taken])


def test_a_full_disk_costs_records_but_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    disk = _FullDisk(room=50)
    monkeypatch.setattr("tallow.delivery.segment.os.write", disk)

    taken = [journal.append(b"x" * 20) for _ in range(4)]
    disk.room = 10**9
    taken.append(journal.append(b"room again"))

    assert taken == [True, False, False, False, True]
    assert _all(journal) == [b"x" * 20, b"room again"]


def test_a_folder_that_vanished_is_made_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    (tmp_path / "loki").rmdir()

    assert journal.append(b"x") is True
    assert _all(journal) == [b"x"]


def test_a_folder_that_cannot_be_made_again_costs_records_but_raises_nothing(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    (tmp_path / "loki").rmdir()
    (tmp_path / "loki").write_text("in the way")

    assert journal.append(b"x") is False


def test_a_record_beyond_all_measure_is_refused_and_the_next_taken(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)

    assert journal.append(b"x" * (LONGEST_PAYLOAD + 1)) is False
    assert journal.append(b"y") is True


def test_the_longest_record_is_read_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", 64 * _MIB)
    journal.append(b"a")
    journal.append(b"x" * LONGEST_PAYLOAD)
    journal.append(b"b")

    assert [len(payload) for payload in _all(journal)] == [1, LONGEST_PAYLOAD, 1]


def test_after_closing_nothing_is_taken(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    journal.close()

    assert journal.append(b"x") is False


def test_left_over_cursors_are_cleared_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", _MIB)
    (tmp_path / "loki" / "1-2-3.cur").write_text("7")
    (tmp_path / "loki" / "1-2-4.seg").write_bytes(b"")
    (tmp_path / "loki" / "1-2-4.cur").write_bytes(b"\xff not a number")

    adopted = journal.adopt()

    assert adopted == 1
    assert _all(journal) == []
    assert list((tmp_path / "loki").iterdir()) == []


def test_many_threads_append_and_nothing_is_mixed_up(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "loki", 16 * _MIB)

    def write(name: int) -> None:
        for number in range(500):
            journal.append(b"%d-%d" % (name, number))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: not any(thread.is_alive() for thread in threads))

    assert sorted(_all(journal)) == sorted(
        b"%d-%d" % (name, number) for name in range(6) for number in range(500)
    )
