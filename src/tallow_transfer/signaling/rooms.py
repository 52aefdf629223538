"""Rooms on the server: two seats, a nameplate, and when they end. Does no input or output."""

import asyncio
import heapq
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from .wire import PeerState, Wire

__all__ = ["Limits", "Role", "Room", "RoomRefusedError", "Rooms", "Seat"]

Role = Literal["sender", "receiver"]
Refusal = Literal["unknown", "claimed", "full", "bad_token", "taken"]

_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one server allows."""

    room_ttl_s: float = 600.0
    """How long a room waits for its second peer, and how long it may stand idle."""

    grace_s: float = 60.0
    """How long a peer whose connection broke may take to return."""

    join_s: float = 30.0
    """How long a sender may take to sit down in the room it opened."""

    most_rooms: int = 1000
    """Rooms at once; another is refused with 503."""

    most_bytes: int = 2**40
    """Bytes one room may carry; over it the room is closed with 4413."""

    rooms_per_minute: int = 30
    """How often one address may open or claim a room."""


class RoomRefusedError(Exception):
    """A room that is not given. `reason` is one of a fixed set."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


@dataclass(slots=True)
class Seat:
    """One of the two places in a room."""

    role: Role
    token: str
    wire: Wire | None = None
    was_here: bool = False
    left: bool = False
    away_since_s: float = 0.0


@dataclass(slots=True)
class Room:
    """Two seats and what has passed between them. Knows sizes and times, nothing else.

    `met` says that both peers have been connected at once; `is_probe` that no person is in it but
    a health check; `is_counted` that their meeting was counted.
    """

    id: str
    nameplate: int
    opened_s: float
    seats: dict[Role, Seat]
    is_probe: bool = False
    claimed: bool = False
    met: bool = False
    is_counted: bool = False
    touched_s: float = 0.0
    carried_bytes: int = 0
    stalls: int = 0
    correlation_id: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def other(self, seat: Seat) -> Seat:
        """Return the seat across."""
        return self.seats["receiver" if seat.role == "sender" else "sender"]

    @property
    def is_paired(self) -> bool:
        """Whether both peers are connected now."""
        return all(seat.wire is not None for seat in self.seats.values())

    @property
    def wires(self) -> Iterator[Wire]:
        """The connections there are."""
        return (seat.wire for seat in self.seats.values() if seat.wire is not None)


class Rooms:
    """All rooms of one server process. Call from its event loop only."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._by_id: dict[str, Room] = {}
        self._by_nameplate: dict[int, Room] = {}
        self._free: list[int] = []
        self._next_nameplate = 1

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._by_id.values()))

    def open(self, is_probe: bool = False) -> Room:
        """Return a fresh room with the lowest free nameplate.

        Raises:
            RoomRefusedError: `full`.
        """
        if len(self._by_id) >= self.limits.most_rooms:
            raise RoomRefusedError("full")
        now = self._now()
        room = Room(
            id=secrets.token_hex(16),
            nameplate=self._take_nameplate(),
            opened_s=now,
            touched_s=now,
            is_probe=is_probe,
            seats={
                "sender": Seat("sender", secrets.token_urlsafe(_TOKEN_BYTES)),
                "receiver": Seat("receiver", secrets.token_urlsafe(_TOKEN_BYTES)),
            },
        )
        self._by_id[room.id] = room
        self._by_nameplate[room.nameplate] = room
        return room

    def claim(self, nameplate: int) -> Room:
        """Return the room with that nameplate, which can be had once.

        Raises:
            RoomRefusedError: `unknown` or `claimed`.
        """
        room = self._by_nameplate.get(nameplate)
        if room is None:
            raise RoomRefusedError("unknown")
        if room.claimed:
            raise RoomRefusedError("claimed")
        room.claimed = True
        room.touched_s = self._now()
        return room

    def sit(self, room_id: str, token: str, wire: Wire) -> tuple[Room, Seat]:
        """Give a connection the seat its token is for.

        Raises:
            RoomRefusedError: `unknown` room, `bad_token`, or the seat is `taken`.
        """
        room = self._by_id.get(room_id)
        if room is None:
            raise RoomRefusedError("unknown")
        for seat in room.seats.values():
            if hmac.compare_digest(seat.token.encode(), token.encode()):
                if seat.wire is not None or seat.left:
                    raise RoomRefusedError("taken")
                seat.wire = wire
                seat.was_here = True
                room.met = room.met or room.is_paired
                room.touched_s = self._now()
                return room, seat
        raise RoomRefusedError("bad_token")

    def stand_up(self, room: Room, seat: Seat) -> PeerState:
        """Take a connection from its seat; return what the other side is to be told."""
        seat.wire = None
        seat.away_since_s = self._now()
        return "gone" if seat.left else "away"

    def touch(self, room: Room, carried_bytes: int) -> bool:
        """Note that something passed; return whether the room may carry on."""
        room.touched_s = self._now()
        room.carried_bytes += carried_bytes
        return room.carried_bytes <= self.limits.most_bytes

    def end(self, room: Room) -> None:
        """Take a room down. Its nameplate can be given again."""
        if self._by_id.pop(room.id, None) is not None:
            del self._by_nameplate[room.nameplate]
            heapq.heappush(self._free, room.nameplate)
        room.ended.set()

    def overdue(self) -> list[tuple[Room, Literal["expired", "gone"]]]:
        """Return the rooms that are to end: never paired, idle, or left by a peer for too long."""
        now = self._now()
        found: list[tuple[Room, Literal["expired", "gone"]]] = []
        for room in self:
            sender = room.seats["sender"]
            away = [s for s in room.seats.values() if s.was_here and s.wire is None]
            since_s = room.touched_s if room.met else room.opened_s
            if now - since_s > self.limits.room_ttl_s:
                found.append((room, "expired"))
            elif not sender.was_here:
                if now - room.opened_s > self.limits.join_s:
                    found.append((room, "gone"))
            elif any(s.left or now - s.away_since_s > self.limits.grace_s for s in away):
                found.append((room, "gone"))
        return found

    def age_s(self, room: Room) -> float:
        """Return how long a room has been open, in seconds."""
        return self._now() - room.opened_s

    def _take_nameplate(self) -> int:
        if self._free:
            return heapq.heappop(self._free)
        self._next_nameplate += 1
        return self._next_nameplate - 1
