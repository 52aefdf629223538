import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.delivery import frames

_payloads = st.lists(st.binary(min_size=1, max_size=60).map(lambda raw: raw.hex().encode()))


@given(_payloads)
def test_what_was_framed_is_found_again(payloads: list[bytes]) -> None:
    data = b"".join(frames.frame(payload) for payload in payloads)

    found = frames.scan(data, 1000, is_last=True)

    assert found.payloads == payloads
    assert found.stop == len(data)
    assert found.damaged == 0


@given(_payloads, st.data())
@settings(deadline=None)
def test_wherever_a_file_is_torn_the_records_before_are_kept(
    payloads: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(frames.frame(payload) for payload in payloads)
    cut = data.draw(st.integers(0, len(whole)))

    found = frames.scan(whole[:cut], 1000, is_last=True)

    assert found.payloads == payloads[: len(found.payloads)]
    assert len(whole[:cut]) - (found.ends[-1] if found.ends else 0) < 130
    assert found.stop == cut


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=3, max_size=9), st.data())
@settings(deadline=None)
def test_one_damaged_byte_costs_at_most_the_record_it_is_in(
    raws: list[bytes], data: st.DataObject
) -> None:
    payloads = [b'{"n":"%b"}' % raw.hex().encode() for raw in raws]
    rows = [bytearray(frames.frame(payload)) for payload in payloads]
    victim = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(rows[victim]) - 1))
    rows[victim][place] ^= 0x5A

    found = frames.scan(b"".join(rows), 1000, is_last=True)

    assert found.payloads == payloads[:victim] + payloads[victim + 1 :]
    assert found.damaged == 1


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"\x00" * 5000, id="zeros, as after a power cut"),
        pytest.param(b"\xff" * 5000, id="ones"),
        pytest.param(b'{"looks":"like","a":"record"}' * 50, id="text"),
        pytest.param(struct.pack("<II", 7, 0) + b"wrong..", id="a wrong checksum"),
        pytest.param(struct.pack("<II", 2**31, 0), id="a length of two gigabytes"),
    ],
)
def test_damage_is_stepped_over_to_the_next_record(damage: bytes) -> None:
    first, last = b'{"n":1}', b'{"n":2}'

    found = frames.scan(frames.frame(first) + damage + frames.frame(last), 10, is_last=True)

    assert found.payloads == [first, last]
    assert found.damaged == 1


def test_a_record_that_goes_on_in_the_next_read_is_left_for_it() -> None:
    whole = frames.frame(b"a" * 100) + frames.frame(b"b" * 100)

    found = frames.scan(whole[:150], 10, is_last=False)

    assert found.payloads == [b"a" * 100]
    assert found.stop == 108
    assert found.damaged == 0


def test_no_more_than_asked_for_is_taken() -> None:
    data = frames.frame(b"x") * 9

    assert len(frames.scan(data, 4, is_last=True).payloads) == 4
