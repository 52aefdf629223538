"""What the routes of one server share: its rooms, who may ask how often, what was reported."""

import hmac
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from tallow_transfer import telemetry
from tallow_transfer.signaling import AddressLimiter, Limits, Role, Room, Rooms
from tallow_transfer.signaling.wire import EndReason

__all__ = ["Service"]

_MOST_ENDED: Final = 2000


@dataclass(slots=True)
class _Account:
    """What is kept of a room after its end, so that its peers can report once each."""

    tokens: dict[Role, str]
    reported: set[Role] = field(default_factory=set)


class Service:
    """The state of one server process. Use from its event loop only."""

    def __init__(self, limits: Limits, environment: str) -> None:
        self.limits = limits
        self.environment = environment
        self.rooms = Rooms(limits)
        self.asks = AddressLimiter(limits.rooms_per_minute)
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def opened(self) -> Room:
        """Return a fresh room.

        Raises:
            RoomRefusedError: there are too many.
        """
        room = self.rooms.open()
        tokens: dict[Role, str] = {role: seat.token for role, seat in room.seats.items()}
        self._accounts[room.id] = _Account(tokens)
        while len(self._accounts) > _MOST_ENDED + len(self.rooms):
            self._accounts.popitem(last=False)
        telemetry.room_opened()
        return room

    async def end(self, room: Room, reason: EndReason) -> None:
        """Tell both peers, close their connections and forget the room."""
        if room.ended.is_set():
            return
        wires = list(room.wires)
        self.rooms.end(room)
        if room.is_counted:
            telemetry.disconnected(reason == "done")
        telemetry.room_ended(
            reason, room.carried_bytes, self.rooms.age_s(room), room.correlation_id
        )
        for wire in wires:
            if reason in {"done", "gone"}:
                await wire.tell("gone")
            await wire.end(reason)

    def role_of(self, room_id: str, token: str) -> Role | None:
        """Return whose token that is, of a room that is or was."""
        account = self._accounts.get(room_id)
        if account is not None:
            for role, known in account.tokens.items():
                if hmac.compare_digest(known.encode(), token.encode()):
                    return role
        return None

    def note_report(self, room_id: str, role: Role) -> tuple[bool, bool]:
        """Return whether this role had not reported before, and whether nobody had."""
        reported = self._accounts[room_id].reported
        is_new, is_first = role not in reported, not reported
        reported.add(role)
        return is_new, is_first

    async def sweep(self) -> None:
        """End what is overdue; the reaper calls it every second."""
        for room, reason in self.rooms.overdue():
            await self.end(room, reason)

    def refresh_gauges(self) -> None:
        """Set the gauges to how it is now."""
        rooms = [room for room in self.rooms if not room.is_probe]
        paired = [room for room in rooms if room.is_paired]
        moving = sum(1 for room in paired if room.carried_bytes)
        telemetry.note_rooms(len(rooms) - len(paired), len(paired), moving)
