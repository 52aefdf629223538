"""A whole transfer between two peers over a real server: what arrives, and in which states."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from tallow_transfer.crypto import CHUNK_BYTES
from tallow_transfer.manager import STATES, Offer, Transfer, report_of
from tallow_transfer.manager.states import _STEPS
from tests.transfer.commands import gives_away
from tests.transfer.serving import Pair, Served, content_of

SIZES = [
    pytest.param(0, id="an empty file"),
    pytest.param(1, id="one byte"),
    pytest.param(CHUNK_BYTES - 1, id="a byte less than a chunk"),
    pytest.param(CHUNK_BYTES, id="one chunk"),
    pytest.param(CHUNK_BYTES + 1, id="a byte more than a chunk"),
    pytest.param(20 * 1024 * 1024 + 3, id="more than the credit window"),
]


def pair(tmp_path: Path, size: int = 1000, name: str = "in.bin") -> Pair:
    file = tmp_path / "from" / name
    file.parent.mkdir()
    file.write_bytes(content_of(size))
    return Pair(file, tmp_path / "to")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_arrives_as_it_was(server: Served, tmp_path: Path, size: int) -> None:
    two = pair(tmp_path, size)

    sent, received = await two.run(server.url)

    assert sent is None
    assert received == tmp_path / "to" / "in.bin"
    assert digest(tmp_path / "to" / "in.bin") == digest(two.file)
    assert list((tmp_path / "to").iterdir()) == [tmp_path / "to" / "in.bin"]


async def test_both_sides_pass_through_the_states_in_order(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path)
    seen: dict[str, list[str]] = {"sender": [], "receiver": []}

    def watch(transfer: Transfer) -> None:
        if not seen[transfer.role] or seen[transfer.role][-1] != transfer.state:
            seen[transfer.role].append(transfer.state)

    two.sender.watch = two.receiver.watch = watch
    await two.run(server.url)

    expected = ["connecting", "negotiating", "transferring", "completed"]
    assert seen == {"sender": expected, "receiver": expected}


def test_every_state_has_its_steps_and_the_last_two_have_none() -> None:
    assert set(_STEPS) == set(STATES)
    assert [state for state, steps in _STEPS.items() if not steps] == ["completed", "failed"]


def test_a_step_that_is_not_there_is_a_fault_of_ours() -> None:
    with pytest.raises(RuntimeError):
        Transfer("sender").to("completed")


async def test_both_sides_know_one_correlation_id(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path)
    await two.run(server.url)

    assert len(two.sender.correlation_id) == 32
    assert two.sender.correlation_id == two.receiver.correlation_id


async def test_the_time_of_the_file_comes_along(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path)
    os.utime(two.file, (1_600_000_000, 1_600_000_000))

    await two.run(server.url)

    assert (tmp_path / "to" / "in.bin").stat().st_mtime == 1_600_000_000


async def test_the_offer_names_the_file_and_its_size(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path, 1234)
    offers: list[Offer] = []

    async def note(offer: Offer) -> bool:
        offers.append(offer)
        return True

    await two.run(server.url, agree=note)

    assert [(offer.name, offer.size_bytes) for offer in offers] == [("in.bin", 1234)]


async def test_transfers_side_by_side_do_not_meet(server: Served, tmp_path: Path) -> None:
    pairs = []
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        pairs.append(pair(tmp_path / str(number), 300_000))

    await asyncio.gather(*(two.run(server.url) for two in pairs))

    for two in pairs:
        assert digest(two.folder / "in.bin") == digest(two.file)


async def test_the_room_is_gone_when_the_transfer_is_over(server: Served, tmp_path: Path) -> None:
    await pair(tmp_path).run(server.url)
    for _ in range(100):
        if len(server.service.rooms) == 0:
            break
        await asyncio.sleep(0.01)

    assert len(server.service.rooms) == 0


async def test_the_server_sees_no_name_and_no_content(server: Served, tmp_path: Path) -> None:
    two = pair(tmp_path, name="canary-name.txt")
    two.file.write_bytes(b"canary-content " * 1000)
    seen = bytearray()
    from tallow_transfer.signaling import Wire

    carry_text, carry_bytes = Wire.carry_text, Wire.carry_bytes

    async def text_noted(self: Wire, text: str) -> None:
        seen.extend(text.encode())
        await carry_text(self, text)

    async def bytes_noted(self: Wire, data: bytes) -> None:
        seen.extend(data)
        await carry_bytes(self, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wire, "carry_text", text_noted)
        patch.setattr(Wire, "carry_bytes", bytes_noted)
        sent, _ = await two.run(server.url)

    assert sent is None
    assert len(seen) > 15_000
    assert b"canary" not in seen
    assert not gives_away(seen.decode("latin-1"), two.words)


async def test_the_report_says_how_it_went_and_not_what_it_was(
    server: Served, tmp_path: Path
) -> None:
    two = pair(tmp_path, 1000, "canary-name.pdf")
    await two.run(server.url)

    report = report_of(two.sender)

    assert report["status"] == "success"
    assert report["size_bytes"] == 1024
    assert report["file_type"] == "document"
    assert "canary" not in str(report)
    assert {row["operation"] for row in report["operations"]} == {  # type: ignore[attr-defined]
        "key_exchange",
        "encapsulate",
        "encrypt",
    }
