"""The code phrase: CPACE-X25519-SHA512 with key confirmation, three methods over `cpace`."""

from typing import Literal

from cpace import CPace, CPaceError, CPaceRole

from tallow_transfer.exceptions import IntegrityError, WrongCodeError

__all__ = ["SHARE_BYTES", "TAG_BYTES", "Pake"]

SHARE_BYTES = 32
TAG_BYTES = 64
_CHANNEL = b"tallow/1"


class Pake:
    """One side of one run. Use once: a run is a guess, and a code allows one.

    Source: draft-irtf-cfrg-cpace-21.
    """

    __slots__ = ("_run",)

    def __init__(
        self, role: Literal["sender", "receiver"], words: str, sid: bytes, own_ad: bytes
    ) -> None:
        """Begin with the words, the session id, and what this side's tag shall vouch for."""
        self._run = CPace.start(
            role=CPaceRole.INITIATOR if role == "sender" else CPaceRole.RESPONDER,
            prs=words.encode(),
            sid=sid,
            ci=_CHANNEL,
            ad=own_ad,
        )

    @property
    def share(self) -> bytes:
        """The 32 bytes to send."""
        return self._run.public_share

    def finish(self, peer_share: bytes, peer_ad: bytes) -> bytes:
        """Take the other side's share; return this side's confirmation tag, 64 bytes.

        Raises:
            IntegrityError: the share is no usable point.
        """
        try:
            self._run.derive(peer_share, peer_ad)
        except CPaceError:
            raise IntegrityError from None
        return self._run.tag()

    def confirm(self, peer_tag: bytes) -> bytes:
        """Check the other side's tag; return the shared secret, 64 bytes.

        Raises:
            WrongCodeError: it does not know the words.
        """
        if not self._run.verify(peer_tag):
            raise WrongCodeError
        return self._run.isk
