"""The cryptography: the drafts' vectors, both languages' rows, and what a hostile relay may try."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cpace import CPace, CPaceError, CPaceRole
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow_transfer.crypto import (
    CHUNK_BYTES,
    ControlOpener,
    ControlSealer,
    DataOpener,
    DataSealer,
    KemKey,
    Pake,
    SessionKeys,
    Transcript,
    b64u_decode,
    b64u_encode,
    chunk_count,
    seal_file_key,
    self_test,
    session_id,
)
from tallow_transfer.exceptions import IntegrityError, WrongCodeError

ROWS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "transfer.json").read_text("utf-8")
)
KEY = bytes(range(32))


def draft_side(role: CPaceRole, scalar: str, share: str, ad: str) -> CPace:
    row = ROWS["cpace"]
    return CPace(
        role=role,
        sid=bytes.fromhex(row["sid"]),
        ad=bytes.fromhex(row[ad]),
        scalar=bytes.fromhex(row[scalar]),
        public_share=bytes.fromhex(row[share]),
    )


def test_cpace_gives_the_drafts_key_on_both_sides() -> None:
    row = ROWS["cpace"]
    sender = draft_side(CPaceRole.INITIATOR, "ya", "Ya", "ada")
    receiver = draft_side(CPaceRole.RESPONDER, "yb", "Yb", "adb")

    sender.derive(receiver.public_share, bytes.fromhex(row["adb"]))
    receiver.derive(sender.public_share, bytes.fromhex(row["ada"]))

    assert sender.isk.hex() == row["ISK"]
    assert receiver.isk.hex() == row["ISK"]


def test_cpace_makes_the_drafts_shares_from_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ROWS["cpace"]
    for scalar, share in (("ya", "Ya"), ("yb", "Yb")):
        monkeypatch.setattr("secrets.token_bytes", lambda _, said=row[scalar]: bytes.fromhex(said))
        run = CPace.start(
            role=CPaceRole.INITIATOR,
            prs=bytes.fromhex(row["prs"]),
            sid=bytes.fromhex(row["sid"]),
            ci=bytes.fromhex(row["ci"]),
        )
        assert run.public_share.hex() == row[share]


@pytest.mark.parametrize("share", ROWS["cpace"]["refused_shares"])
def test_a_share_of_low_order_is_refused(share: str) -> None:
    pake = Pake("sender", "a-b-c", b"sid", b"")

    with pytest.raises(IntegrityError):
        pake.finish(bytes.fromhex(share), b"")
    with pytest.raises(CPaceError):
        draft_side(CPaceRole.INITIATOR, "ya", "Ya", "ada").derive(bytes.fromhex(share))


def test_the_same_words_give_the_same_secret_and_others_are_found_out() -> None:
    def tags(theirs: str) -> tuple[Pake, bytes]:
        sender = Pake("sender", "lantern-pebble-tulip", b"sid", b"a")
        receiver = Pake("receiver", theirs, b"sid", b"b")
        sender.finish(receiver.share, b"b")
        return sender, receiver.finish(sender.share, b"a")

    sender, tag = tags("lantern-pebble-tulip")
    assert len(sender.confirm(tag)) == 64
    sender, tag = tags("lantern-pebble-umbrella")
    with pytest.raises(WrongCodeError):
        sender.confirm(tag)


def test_a_tag_vouches_for_the_key_it_was_made_for() -> None:
    sender = Pake("sender", "a-b-c", b"sid", b"")
    receiver = Pake("receiver", "a-b-c", b"sid", b"the receiver's key")
    sender.finish(receiver.share, b"another key")
    tag = receiver.finish(sender.share, b"")

    with pytest.raises(WrongCodeError):
        sender.confirm(tag)


def test_x_wing_makes_the_drafts_key_and_opens_what_was_sealed_to_it() -> None:
    row = ROWS["kem"]
    key = KemKey(bytes.fromhex(row["seed"]))

    assert hashlib.sha256(key.public).hexdigest() == row["public_sha256"]
    opened = key.open_file_key(bytes.fromhex(row["sealed"]), bytes.fromhex(row["transcript_hash"]))
    assert opened.hex() == row["file_key"]


def test_a_file_key_opens_under_no_other_key_or_transcript() -> None:
    key = KemKey()
    sealed = seal_file_key(KEY, key.public, b"one")

    assert key.open_file_key(sealed, b"one") == KEY
    with pytest.raises(IntegrityError):
        key.open_file_key(sealed, b"two")
    with pytest.raises(IntegrityError):
        KemKey().open_file_key(sealed, b"one")


def test_something_that_is_no_key_is_refused() -> None:
    with pytest.raises(IntegrityError):
        seal_file_key(KEY, b"short", b"")


def test_the_transcript_and_the_keys_are_those_of_the_rows() -> None:
    row = ROWS["schedule"]
    transcript = Transcript(bytes.fromhex(row["room"]))
    for message, digest in zip(row["messages"], row["hashes"], strict=True):
        transcript.add(message.encode())
        assert transcript.digest().hex() == digest
    keys = SessionKeys(
        bytes.fromhex(row["pake_secret"]), bytes.fromhex(row["file_key"]), transcript.digest()
    )
    for said in row["keys"]:
        assert keys.key(said["name"], said["epoch"]).hex() == said["key"]
    session = ROWS["session"]
    nonces = (bytes.fromhex(session["sender_nonce"]), bytes.fromhex(session["receiver_nonce"]))
    assert session_id(bytes.fromhex(session["room"]), *nonces).hex() == session["sid"]


def test_no_two_names_or_epochs_share_a_key() -> None:
    keys = [said["key"] for said in ROWS["schedule"]["keys"]]

    assert len(set(keys)) == len(keys)


def test_control_frames_are_those_of_the_rows_and_each_opens_once() -> None:
    key = bytes.fromhex(ROWS["control"]["key"])
    sealer, opener = ControlSealer(key), ControlOpener(key)
    for said in ROWS["control"]["frames"]:
        frame = sealer.seal(said["plain"].encode())
        assert frame.hex() == said["frame"]
        assert opener.open(frame).decode() == said["plain"]
    with pytest.raises(IntegrityError):
        opener.open(frame)


@pytest.mark.parametrize("row", ROWS["data"]["files"], ids=lambda row: f"{row['size']} bytes")
def test_the_chunks_of_a_file_are_those_of_the_rows(row: dict[str, Any]) -> None:
    key, size = bytes.fromhex(ROWS["data"]["key"]), row["size"]
    content = (b"tallow" * 60_000)[:size]
    sealer, opener = DataSealer(key, size), DataOpener(key, size)
    opened = b""
    for index, digest in enumerate(row["frames_sha256"]):
        chunk = content[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
        frame = bytes(sealer.seal(chunk))
        assert hashlib.sha256(frame).hexdigest() == digest
        opened += bytes(opener.open(frame))

    assert opener.is_complete
    assert opened == content
    assert chunk_count(size) == len(row["frames_sha256"])


def frames_of(content: bytes) -> list[bytes]:
    sealer = DataSealer(KEY, len(content))
    starts = range(0, max(1, len(content)), CHUNK_BYTES)
    return [bytes(sealer.seal(content[start : start + CHUNK_BYTES])) for start in starts]


FRAMES = frames_of(b"x" * (3 * CHUNK_BYTES + 5))


def opens(frames: list[bytes], size: int = 3 * CHUNK_BYTES + 5) -> bool:
    """Say whether a receiver who was promised `size` bytes would take these frames for a file."""
    opener = DataOpener(KEY, size)
    try:
        for frame in frames:
            opener.open(frame)
    except IntegrityError:
        return False
    return opener.is_complete


def test_the_frames_as_they_were_sent_are_taken() -> None:
    assert opens(FRAMES)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 3), st.data())
def test_a_flipped_bit_anywhere_is_found(which: int, data: st.DataObject) -> None:
    frame = bytearray(FRAMES[which])
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert not opens([*FRAMES[:which], bytes(frame), *FRAMES[which + 1 :]])


@given(st.permutations(range(4)).filter(lambda order: list(order) != [0, 1, 2, 3]))
def test_another_order_is_found(order: list[int]) -> None:
    assert not opens([FRAMES[index] for index in order])


@given(st.integers(0, 3), st.booleans())
def test_a_chunk_left_out_or_sent_twice_is_found(which: int, twice: bool) -> None:
    frames = list(FRAMES)
    frames[which : which + 1] = [FRAMES[which]] * 2 if twice else []

    assert not opens(frames)


@given(st.integers(0, 3), st.integers(1, 200))
def test_a_chunk_cut_short_is_found(which: int, cut: int) -> None:
    frames = list(FRAMES)
    frames[which] = frames[which][:-cut]

    assert not opens(frames)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 3 * CHUNK_BYTES, 4 * CHUNK_BYTES])
def test_a_size_other_than_the_promised_one_is_found(size: int) -> None:
    assert not opens(FRAMES, size)


def test_a_frame_of_a_later_epoch_does_not_open_in_this_one() -> None:
    frame = bytes(DataSealer(KEY, 1, epoch=1).seal(b"x"))

    with pytest.raises(IntegrityError):
        DataOpener(KEY, 1).open(frame)


def test_more_than_a_tebibyte_under_one_key_is_refused() -> None:
    with pytest.raises(IntegrityError):
        DataSealer(KEY, 2**40 + 1)


@given(st.binary(max_size=100))
def test_bytes_survive_base64url(data: bytes) -> None:
    assert b64u_decode(b64u_encode(data), len(data)) == data


@pytest.mark.parametrize("said", ["", "AA", "AAAA+", "AA=A", "Ä", None, 7, "A" * 1000])
def test_what_is_not_three_bytes_of_base64url_is_refused(said: object) -> None:
    with pytest.raises(IntegrityError):
        b64u_decode(said, 3)


def test_this_installation_passes_its_own_test() -> None:
    assert self_test() == ""


def test_the_self_test_notices_a_library_that_opens_to_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tallow_transfer.crypto.selftest._SEALED", "A" * 1600)

    assert self_test() != ""
