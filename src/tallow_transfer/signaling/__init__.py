"""Codes and rooms: how two peers find each other, and what the server knows of them."""

from .codes import Code, complete_word, new_words, parse_code, words
from .limiter import AddressLimiter
from .rooms import Limits, Role, Room, RoomRefusedError, Rooms, Seat
from .wire import PeerState, Wire

__all__ = [
    "AddressLimiter",
    "Code",
    "Limits",
    "PeerState",
    "Role",
    "Room",
    "RoomRefusedError",
    "Rooms",
    "Seat",
    "Wire",
    "complete_word",
    "new_words",
    "parse_code",
    "words",
]
