"""What a transfer may raise, each with its code, its exit code and its sentence for people.

TransferError
├── WrongCodeError      the words did not match, or nobody waits under that number
├── PeerGoneError       the other side vanished or never came
├── IntegrityError      something arrived that the other side did not send
│   └── SourceChangedError  the file changed while it was being sent
├── DiskError           the receiver's disk is full or refuses
├── RejectedError       a person or a limit said no
│   └── CancelledError  a person stopped it
└── ServerError         the server is away, or speaks another protocol
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

__all__ = [
    "BY_CODE",
    "CancelledError",
    "DiskError",
    "IntegrityError",
    "PeerGoneError",
    "RejectedError",
    "ServerError",
    "SourceChangedError",
    "TransferError",
    "WrongCodeError",
    "from_code",
]

_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bad_code": "The code did not match. Nothing was sent, and this code is used up: "
        "ask for a new one.",
        "unknown_code": "Nobody is waiting under that code. Check the number, or ask for a new "
        "one: codes last ten minutes and work once.",
        "peer_gone": "The other side went away and did not come back. "
        "What had arrived is kept as a .part file.",
        "expired": "Nobody came within ten minutes, so the code has expired. Send again.",
        "integrity": "What arrived is not what was sent, so it was not kept under its name. "
        "Something on the way changed it.",
        "source_changed": "The file changed while it was being sent, so the transfer was stopped. "
        "Send it again when nothing writes to it.",
        "disk": "The receiver's disk has no room for this. What had arrived is kept as a .part "
        "file.",
        "disk_io": "The file could not be written or read. Look at the folder and its permissions.",
        "declined": "The other side said no.",
        "oversize": "The file is larger than the receiver takes.",
        "relay_cap": "The file is larger than this server carries.",
        "cancelled": "The transfer was stopped.",
        "server": "The server does not answer as it should. Try again, or use another with "
        "--server.",
        "too_many": "The server asks to slow down. Try again in a minute.",
        "version": "The two sides speak different versions. Update the older one.",
    }
)


class TransferError(Exception):
    """What all errors of a transfer descend from.

    `code` is one of a fixed set and safe to log and to send; `exit_code` is what the command
    ends with. The message is for people and never quotes names, codes or addresses.
    """

    exit_code: ClassVar[int] = 8
    default_code: ClassVar[str] = "server"

    def __init__(self, code: str = "") -> None:
        self.code = code if code in _SENTENCES else self.default_code
        super().__init__(_SENTENCES[self.code])


class WrongCodeError(TransferError):
    """The words did not match (`bad_code`), or nobody waits there (`unknown_code`)."""

    exit_code = 3
    default_code = "bad_code"


class PeerGoneError(TransferError):
    """The other side vanished (`peer_gone`), or never came (`expired`)."""

    exit_code = 4
    default_code = "peer_gone"


class IntegrityError(TransferError):
    """A frame was forged, out of order, repeated, or missing."""

    exit_code = 5
    default_code = "integrity"


class SourceChangedError(IntegrityError):
    """The file's size or time changed while it was being sent."""

    default_code = "source_changed"


class DiskError(TransferError):
    """The receiver's disk is full (`disk`), or a file cannot be read or written (`disk_io`)."""

    exit_code = 6
    default_code = "disk"


class RejectedError(TransferError):
    """The receiver said no (`declined`), or the file is over a limit (`oversize`, `relay_cap`)."""

    exit_code = 7
    default_code = "declined"


class CancelledError(RejectedError):
    """A person on either side stopped the transfer."""

    default_code = "cancelled"


class ServerError(TransferError):
    """The server is away or refuses (`server`, `too_many`), or speaks otherwise (`version`)."""


BY_CODE: Final[Mapping[str, type[TransferError]]] = MappingProxyType(
    {
        "bad_code": WrongCodeError,
        "unknown_code": WrongCodeError,
        "peer_gone": PeerGoneError,
        "expired": PeerGoneError,
        "integrity": IntegrityError,
        "source_changed": SourceChangedError,
        "disk": DiskError,
        "disk_io": DiskError,
        "declined": RejectedError,
        "oversize": RejectedError,
        "relay_cap": RejectedError,
        "cancelled": CancelledError,
        "server": ServerError,
        "too_many": ServerError,
        "version": ServerError,
    }
)


def from_code(code: object) -> TransferError:
    """Return the error a code from the other side stands for; an unknown code is a `ServerError`.

    >>> from_code("disk").exit_code
    6
    """
    kind = BY_CODE.get(code, ServerError) if isinstance(code, str) else ServerError
    return kind(code if isinstance(code, str) else "")
