"""Codes as people type them, and rooms as time passes."""

import contextlib
import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallow_transfer.exceptions import WrongCodeError
from tallow_transfer.signaling import (
    AddressLimiter,
    Code,
    Limits,
    Room,
    RoomRefusedError,
    Rooms,
    Wire,
    complete_word,
    new_words,
    parse_code,
    words,
)

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "transfer.json").read_text("utf-8")
)["codes"]


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Connection:
    """Stands in for a peer's WebSocket where a room only has to know that there is one."""


def wire() -> Wire:
    return cast("Wire", Connection())


def rooms(**limits: Any) -> tuple[Rooms, Clock]:
    clock = Clock()
    return Rooms(Limits(**limits), clock), clock


def sit(which: Rooms, room: Room, role: str) -> None:
    which.sit(room.id, room.seats[role].token, wire())  # type: ignore[index]


def test_three_letters_say_which_word_is_meant() -> None:
    assert len(words()) == 6**4
    assert len({word[:3] for word in words()}) == len(words())
    assert all(complete_word(word[:3]) == word for word in words())


def test_words_are_plain_letters_so_that_hyphens_part_them() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["said"] or "nothing")
def test_a_code_is_understood_as_people_type_it(row: dict[str, str]) -> None:
    if row["code"]:
        assert str(parse_code(row["said"])) == row["code"]
    else:
        with pytest.raises(WrongCodeError):
            parse_code(row["said"])


@given(st.integers(1, 999_999_999))
def test_what_is_shown_can_be_typed(nameplate: int) -> None:
    code = Code(nameplate, new_words())

    assert parse_code(str(code)) == code


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_a_wrong_code(said: str) -> None:
    with contextlib.suppress(WrongCodeError):
        assert parse_code(said).nameplate >= 0


def test_a_code_shows_its_words_to_nobody_who_only_prints_it() -> None:
    assert "lantern" not in repr(Code(7, "lantern-pebble-tulip"))


def test_the_lowest_free_nameplate_is_given_first() -> None:
    some, _ = rooms()
    first, second = some.open(), some.open()
    some.end(first)

    assert (first.nameplate, second.nameplate, some.open().nameplate) == (1, 2, 1)


def test_a_nameplate_can_be_claimed_once() -> None:
    some, _ = rooms()
    room = some.open()
    some.claim(room.nameplate)

    with pytest.raises(RoomRefusedError, match="claimed"):
        some.claim(room.nameplate)


def test_a_nameplate_nobody_opened_is_unknown() -> None:
    some, _ = rooms()

    with pytest.raises(RoomRefusedError, match="unknown"):
        some.claim(1)


@pytest.mark.parametrize(
    ("token", "reason"),
    [("someone else's", "bad_token"), ("", "bad_token"), ("ä", "bad_token")],
    ids=["another token", "no token", "no ASCII"],
)
def test_a_seat_is_given_for_its_token_only(token: str, reason: str) -> None:
    some, _ = rooms()

    with pytest.raises(RoomRefusedError, match=reason):
        some.sit(some.open().id, token, wire())


def test_a_taken_seat_is_not_given_twice() -> None:
    some, _ = rooms()
    room = some.open()
    sit(some, room, "sender")

    with pytest.raises(RoomRefusedError, match="taken"):
        sit(some, room, "sender")


def test_a_peer_whose_connection_broke_may_sit_down_again() -> None:
    some, _ = rooms()
    room = some.open()
    sit(some, room, "sender")
    some.stand_up(room, room.seats["sender"])

    sit(some, room, "sender")

    assert room.seats["sender"].wire is not None


def test_a_room_nobody_came_to_expires_though_its_sender_waits() -> None:
    some, clock = rooms(room_ttl_s=600)
    room = some.open()
    sit(some, room, "sender")
    clock.now_s += 599
    assert some.overdue() == []

    clock.now_s += 2

    assert some.overdue() == [(room, "expired")]


def test_a_room_in_use_does_not_expire_and_an_idle_one_does() -> None:
    some, clock = rooms(room_ttl_s=600)
    room = some.open()
    sit(some, room, "sender")
    sit(some, room, "receiver")
    clock.now_s += 599
    some.touch(room, 1)
    clock.now_s += 599
    assert some.overdue() == []

    clock.now_s += 2

    assert some.overdue() == [(room, "expired")]


def test_a_peer_that_is_away_longer_than_the_grace_is_gone() -> None:
    some, clock = rooms(grace_s=60)
    room = some.open()
    sit(some, room, "sender")
    sit(some, room, "receiver")
    some.stand_up(room, room.seats["receiver"])
    clock.now_s += 59
    assert some.overdue() == []

    clock.now_s += 2

    assert some.overdue() == [(room, "gone")]


def test_a_room_whose_sender_never_sat_down_does_not_keep_a_receiver_waiting() -> None:
    some, clock = rooms(join_s=30)
    room = some.open()
    sit(some, room, "receiver")

    clock.now_s += 31

    assert some.overdue() == [(room, "gone")]


def test_a_room_that_carried_too_much_may_not_go_on() -> None:
    some, _ = rooms(most_bytes=100)
    room = some.open()

    assert [some.touch(room, 60), some.touch(room, 40), some.touch(room, 1)] == [True, True, False]


def test_there_is_an_end_to_rooms() -> None:
    some, _ = rooms(most_rooms=2)
    some.open()
    some.open()

    with pytest.raises(RoomRefusedError, match="full"):
        some.open()


def test_an_address_that_asks_too_often_waits_and_others_do_not() -> None:
    clock = Clock()
    limiter = AddressLimiter(2, clock)

    assert [limiter.wait_s("a"), limiter.wait_s("a")] == [0, 0]
    assert limiter.wait_s("a") == pytest.approx(30)
    assert limiter.wait_s("b") == 0
    clock.now_s += 31
    assert limiter.wait_s("a") == 0


def test_one_network_of_ipv6_addresses_counts_as_one() -> None:
    limiter = AddressLimiter(1, Clock())

    assert limiter.wait_s("2001:db8::1") == 0
    assert limiter.wait_s("2001:db8::2") > 0
    assert limiter.wait_s("2001:db8:0:1::1") == 0


def test_the_limiter_forgets_addresses_rather_than_grow() -> None:
    limiter = AddressLimiter(1, Clock())
    for number in range(12_000):
        limiter.wait_s(str(number))

    assert len(limiter._buckets) <= 10_000
