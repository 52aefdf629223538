"""What goes wrong on the way, each with its own error, and no half file under the final name."""

import asyncio
import errno
import os
from pathlib import Path
from typing import IO

import pytest

from tallow_transfer import exceptions
from tallow_transfer.chunks import part
from tallow_transfer.connections import claim_room, open_room
from tallow_transfer.crypto import CHUNK_BYTES
from tallow_transfer.exceptions import (
    BY_CODE,
    CancelledError,
    DiskError,
    IntegrityError,
    PeerGoneError,
    RejectedError,
    ServerError,
    SourceChangedError,
    TransferError,
    WrongCodeError,
    from_code,
)
from tallow_transfer.manager import Offer, Transfer
from tallow_transfer.manager.control import Control
from tallow_transfer.signaling import Limits
from tests.transfer.hostile import Meddle, Message, meddling
from tests.transfer.serving import Pair, Served, content_of, serving, yes

MIB = 1024 * 1024


def pair(tmp_path: Path, size: int = 4 * MIB) -> Pair:
    file = tmp_path / "in.bin"
    file.write_bytes(content_of(size))
    return Pair(file, tmp_path / "to")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("bad_code", 3),
        ("unknown_code", 3),
        ("peer_gone", 4),
        ("expired", 4),
        ("integrity", 5),
        ("source_changed", 5),
        ("disk", 6),
        ("disk_io", 6),
        ("declined", 7),
        ("oversize", 7),
        ("relay_cap", 7),
        ("cancelled", 7),
        ("server", 8),
        ("too_many", 8),
        ("version", 8),
    ],
)
def test_every_code_has_its_exit_code_and_its_own_sentence(code: str, exit_code: int) -> None:
    error = from_code(code)

    assert (error.code, error.exit_code) == (code, exit_code)
    assert [other for other in BY_CODE if str(from_code(other)) == str(error)] == [code]


def test_a_code_nobody_knows_is_an_error_of_the_server() -> None:
    assert isinstance(from_code("<script>"), ServerError)
    assert isinstance(from_code(None), ServerError)


def test_the_module_opens_with_the_whole_tree() -> None:
    said = exceptions.__doc__ or ""
    kinds = [kind for kind in vars(exceptions).values() if isinstance(kind, type)]

    assert all(kind.__name__ in said for kind in kinds if issubclass(kind, TransferError))


async def test_wrong_words_are_told_to_both_and_burn_the_room(
    server: Served, tmp_path: Path
) -> None:
    two = pair(tmp_path)
    two.guessed = "aardvark-abandoned-abdomen"

    sent, received = await two.run(server.url)

    assert isinstance(sent, WrongCodeError)
    assert isinstance(received, WrongCodeError)
    assert names(tmp_path / "to") == []
    with pytest.raises(WrongCodeError):
        await claim_room(server.url, 1)


async def test_a_number_nobody_waits_under_is_told_at_once(server: Served) -> None:
    with pytest.raises(WrongCodeError) as caught:
        await claim_room(server.url, 4711)

    assert caught.value.code == "unknown_code"


async def test_a_third_peer_is_refused(server: Served) -> None:
    room = await open_room(server.url)
    await claim_room(server.url, room.nameplate)

    with pytest.raises(WrongCodeError):
        await claim_room(server.url, room.nameplate)


async def test_a_sender_nobody_comes_to_ends_when_the_code_expires(tmp_path: Path) -> None:
    async with serving(Limits(room_ttl_s=0.2)) as server:
        two = pair(tmp_path)
        room = await open_room(server.url)
        with pytest.raises(PeerGoneError) as caught:
            await asyncio.wait_for(two._send(room), 5)

    assert caught.value.code == "expired"


def break_off(server: Served) -> None:
    """Cut the sender's connection as a network does, without a goodbye."""
    wire = next(iter(server.service.rooms)).seats["sender"].wire
    assert wire is not None
    wire._socket._receive.__self__.transport.abort()  # type: ignore[attr-defined]


async def test_a_waiting_sender_whose_connection_breaks_comes_back(tmp_path: Path) -> None:
    two = pair(tmp_path)
    async with serving(Limits(grace_s=20)) as server:
        room = await open_room(server.url)
        sending = asyncio.create_task(two._send(room))
        while not next(iter(server.service.rooms)).seats["sender"].wire:
            await asyncio.sleep(0.01)
        break_off(server)
        theirs = await claim_room(server.url, room.nameplate)

        path = await two._receive(theirs, yes, 2**40)
        await sending

    assert path.read_bytes() == two.file.read_bytes()


async def test_a_sender_that_vanishes_leaves_the_part(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path, 0)
    os.truncate(two.file, 1024 * MIB)
    states: list[str] = []
    sending: list[asyncio.Task[None]] = []

    def cut_off(transfer: Transfer) -> None:
        states.append(transfer.state)
        if transfer.done_bytes > 8 * MIB and not sending[0].done():
            break_off(server)
            two.receiver.watch = lambda later: states.append(later.state)

    two.receiver.watch = cut_off
    room = await open_room(server.url)
    theirs = await claim_room(server.url, room.nameplate)
    sending.append(asyncio.create_task(two._send(room)))

    with pytest.raises(PeerGoneError):
        await two._receive(theirs, yes, 2**40)
    with pytest.raises(ServerError):
        await sending[0]

    assert "paused" in states
    assert names(tmp_path / "to") == ["in.bin.part"]
    assert (tmp_path / "to" / "in.bin.part").stat().st_size > 8 * MIB


def in_data(change: Meddle, after: int = 3) -> Meddle:
    """Meddle with the data frame after so many others, and let everything else through."""
    seen = 0

    def meddle(message: Message) -> list[Message]:
        nonlocal seen
        if isinstance(message, str) or message[0] != 0x02:
            return [message]
        seen += 1
        return change(message) if seen == after else [message]

    return meddle


def flipped(message: Message) -> list[Message]:
    assert isinstance(message, bytes)
    return [message[:500] + bytes([message[500] ^ 1]) + message[501:]]


def twice(message: Message) -> list[Message]:
    return [message, message]


def lost(_: Message) -> list[Message]:
    return []


def shorter(message: Message) -> list[Message]:
    return [message[:-7]]


def swapped() -> Meddle:
    held: list[Message] = []

    def meddle(message: Message) -> list[Message]:
        if isinstance(message, str) or message[0] != 0x02 or len(held) == 2:
            return [message]
        held.append(message)
        return [held[1], held[0]] if len(held) == 2 else []

    return meddle


@pytest.mark.parametrize(
    "meddle",
    [
        pytest.param(lambda: in_data(flipped), id="a chunk changed"),
        pytest.param(lambda: in_data(twice), id="a chunk repeated"),
        pytest.param(lambda: in_data(lost), id="a chunk lost"),
        pytest.param(lambda: in_data(shorter), id="a chunk cut"),
        pytest.param(swapped, id="two chunks swapped"),
    ],
)
async def test_what_a_hostile_server_does_to_chunks_stops_the_transfer(
    server: Served, tmp_path: Path, meddle: "type[Meddle]"
) -> None:
    two = pair(tmp_path)
    async with meddling(server.url, meddle()) as hostile:
        sent, received = await two.run(server.url, receiver_server=hostile)

    assert isinstance(received, IntegrityError)
    assert isinstance(sent, IntegrityError)
    assert names(tmp_path / "to") == ["in.bin.part"]


def without_methods(message: Message) -> list[Message]:
    if isinstance(message, str) and '"hello"' in message:
        return [message.replace('["relay"]', "[]")]
    return [message]


def other_key(message: Message) -> list[Message]:
    if isinstance(message, str) and '"sealed"' in message:
        return [message.replace('"sealed":"', '"sealed":"AAAA', 1).replace('"}', '"}', 1)]
    return [message]


def forged_control(message: Message) -> list[Message]:
    return [message, b"\x01\x00" + bytes(40)] if isinstance(message, bytes) else [message]


@pytest.mark.parametrize(
    ("meddle", "expected"),
    [
        pytest.param(without_methods, WrongCodeError, id="a hello with something struck off"),
        pytest.param(other_key, IntegrityError, id="another key"),
        pytest.param(forged_control, IntegrityError, id="a control message of its own"),
    ],
)
async def test_what_a_hostile_server_does_to_the_handshake_is_found(
    server: Served, tmp_path: Path, meddle: Meddle, expected: type[TransferError]
) -> None:
    two = pair(tmp_path)
    async with meddling(server.url, meddle) as hostile:
        sent, received = await two.run(server.url, receiver_server=hostile)

    assert isinstance(received, expected)
    assert isinstance(sent, TransferError)
    assert "in.bin" not in names(tmp_path / "to")


async def test_a_receiver_that_says_no_is_told_to_the_sender(
    server: Served, tmp_path: Path
) -> None:
    async def no(_: Offer) -> bool:
        return False

    sent, received = await pair(tmp_path).run(server.url, agree=no)

    assert isinstance(sent, RejectedError)
    assert isinstance(received, RejectedError)
    assert sent.code == received.code == "declined"
    assert names(tmp_path / "to") == []


async def test_a_file_larger_than_the_receiver_takes_is_refused_at_the_offer(
    server: Served, tmp_path: Path
) -> None:
    sent, received = await pair(tmp_path).run(server.url, most_bytes=1000)

    assert isinstance(sent, RejectedError)
    assert isinstance(received, RejectedError)
    assert sent.code == received.code == "oversize"
    assert names(tmp_path / "to") == []


async def test_a_file_larger_than_the_server_carries_ends_both(tmp_path: Path) -> None:
    async with serving(Limits(most_bytes=MIB, grace_s=0.3)) as server:
        sent, received = await pair(tmp_path).run(server.url)

    assert isinstance(sent, RejectedError)
    assert isinstance(received, RejectedError)
    assert sent.code == received.code == "relay_cap"
    assert names(tmp_path / "to") == ["in.bin.part"]


class FullDisk:
    """A file on a disk that is full after one chunk."""

    def __init__(self, real: IO[bytes]) -> None:
        self._real = real

    def write(self, data: memoryview) -> int:
        if self._real.tell() >= CHUNK_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._real.write(data)

    def close(self) -> None:
        self._real.close()


async def test_a_disk_that_fills_up_is_told_to_both_and_the_part_is_kept(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = part.open_part
    monkeypatch.setattr(
        part.PartFile.__init__, "__defaults__", (lambda path: FullDisk(really(path)),)
    )

    sent, received = await pair(tmp_path).run(server.url)

    assert isinstance(received, DiskError)
    assert isinstance(sent, DiskError)
    assert names(tmp_path / "to") == ["in.bin.part"]


async def test_a_disk_without_room_is_told_before_a_byte_is_sent(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = os.statvfs(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100})())

    sent, received = await pair(tmp_path).run(server.url)

    assert usage.f_bavail > 0
    assert isinstance(received, DiskError)
    assert isinstance(sent, DiskError)
    assert names(tmp_path / "to") == []


async def test_a_file_that_changes_while_it_is_sent_is_not_finished(
    server: Served, tmp_path: Path
) -> None:
    two = pair(tmp_path)

    async def write_to_it(_: Offer) -> bool:
        with two.file.open("ab") as file:
            file.write(b"more")
        return True

    sent, received = await two.run(server.url, agree=write_to_it)

    assert isinstance(sent, SourceChangedError)
    assert isinstance(received, SourceChangedError)
    assert names(tmp_path / "to") == ["in.bin.part"]


async def test_a_slow_receiver_slows_the_sender_to_its_window(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = pair(tmp_path, 0)
    os.truncate(two.file, 40 * MIB)
    free = asyncio.Event()
    moved = asyncio.Event()
    really = part.PartFile.write
    written = 0

    def write(self: part.PartFile, chunk: memoryview) -> None:
        nonlocal written
        really(self, chunk)
        written += len(chunk)
        moved.set()

    monkeypatch.setattr(part.PartFile, "write", write)
    from tallow_transfer.manager.control import Control

    receive = Control.receive

    async def held_back(self: Control) -> object:
        if self._relay.role == "receiver" and written >= MIB:
            await free.wait()
        return await receive(self)

    monkeypatch.setattr(Control, "receive", held_back)
    running = asyncio.create_task(two.run(server.url))
    await asyncio.wait_for(moved.wait(), 5)
    carried = -1
    while carried != (carried := next(iter(server.service.rooms)).carried_bytes):
        await asyncio.sleep(0.3)

    assert carried <= 17.2 * MIB
    free.set()
    sent, _ = await running
    assert sent is None
    assert (tmp_path / "to" / "in.bin").stat().st_size == 40 * MIB


async def test_a_person_who_stops_it_is_heard_on_the_other_side(
    server: Served, tmp_path: Path
) -> None:
    two = pair(tmp_path, 0)
    os.truncate(two.file, 1024 * MIB)
    room = await open_room(server.url)
    theirs = await claim_room(server.url, room.nameplate)

    sending = asyncio.create_task(two._send(room))
    receiving = asyncio.create_task(two._receive(theirs, yes, 2**40))
    while two.receiver.done_bytes < MIB:
        await asyncio.sleep(0.005)
    sending.cancel()

    with pytest.raises(CancelledError):
        await receiving
    assert names(tmp_path / "to") == ["in.bin.part"]


async def test_a_stop_is_heard_though_the_way_back_is_shut_already(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = pair(tmp_path, 0)
    os.truncate(two.file, 1024 * MIB)
    room = await open_room(server.url)
    theirs = await claim_room(server.url, room.nameplate)
    say, shut = Control.send, asyncio.Event()

    async def say_no_ack(self: Control, kind: str, **fields: object) -> None:
        if kind == "ack":
            shut.set()
            raise ServerError
        await say(self, kind, **fields)

    monkeypatch.setattr(Control, "send", say_no_ack)
    sending = asyncio.create_task(two._send(room))
    receiving = asyncio.create_task(two._receive(theirs, yes, 2**40))
    async with asyncio.timeout(20):
        await shut.wait()
    sending.cancel()

    with pytest.raises(CancelledError):
        await receiving


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1", "ftp://example.org", "nonsense", "http://[", "http://x:99999999"],
)
async def test_a_server_that_is_not_there_is_told_at_once(address: str) -> None:
    with pytest.raises(ServerError):
        await open_room(address)
