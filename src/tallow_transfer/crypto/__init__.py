"""Hybrid key exchange and sealed chunks: all the cryptography, and no way to a log line.

Nothing here knows Tallow; the manager times these calls from outside. The exact bytes are in
`docs/concepts/transfer-protocol.md`.
"""

from .encoding import b64u_decode, b64u_encode
from .kem import KemKey, seal_file_key
from .pake import Pake
from .schedule import SessionKeys, Transcript, session_id
from .selftest import self_test
from .stream import (
    CHUNK_BYTES,
    ControlOpener,
    ControlSealer,
    DataOpener,
    DataSealer,
    chunk_count,
    frame_kind,
)

__all__ = [
    "CHUNK_BYTES",
    "SUITE",
    "ControlOpener",
    "ControlSealer",
    "DataOpener",
    "DataSealer",
    "KemKey",
    "Pake",
    "SessionKeys",
    "Transcript",
    "b64u_decode",
    "b64u_encode",
    "chunk_count",
    "frame_kind",
    "seal_file_key",
    "self_test",
    "session_id",
]

SUITE = "cpace-x25519-sha512+x-wing+aes-256-gcm"
