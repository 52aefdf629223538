"""The scrubber in force: one policy with all that is made from it, swapped whole."""

from threading import Lock
from typing import Any, Final

from .cleaning import Cleaner
from .identity import Identity
from .matcher.engines import Kept
from .policy import Policy, count
from .scrubber import DROPPED, LONGEST_TEXT, Scrubber
from .urls import scrub_address
from .walk import Walker, overwritten, well_formed

__all__ = ["Room", "configure", "current"]


class Room:
    """What one policy comes to. Swapped whole, so that any thread sees one or the other."""

    def __init__(self, policy: Policy) -> None:
        self.scrubber = Scrubber(policy)
        self._replaced = self.scrubber.replaced
        self.identity = Identity(policy.hash_key)
        self.cleaner = Cleaner(
            walk=self.walk,
            url=self.url,
            user=self.identity.user,
            visitor=self.identity.visitor,
            dropped=lambda: count(("dropped",)),
        )

    def walk(self, value: Any, kept: Kept = None) -> Any:
        return Walker(self.scrubber, self.identity, kept).walk(value)

    def text(self, text: str) -> str:
        """Return `text` scrubbed; the short way for what most lines are."""
        try:
            if len(text) > LONGEST_TEXT:
                raise OverflowError("longer than the budget")
            replaced = self._replaced(text) if text.isascii() else None
            if replaced is text:
                return text
            if replaced is not None:
                clean, struck = replaced  # type: ignore[str-unpack]  # the one text it gives is ours
                count(struck)
                return clean
            text = well_formed(text)
            hits = self.scrubber.hits(text)
            if not hits:
                return text
            count([hit.label.id for hit in hits])
            return overwritten(text, hits, self.scrubber.policy.pseudonyms, self.identity)
        except Exception:  # noqa: BLE001 - fail closed: whatever went wrong, the text does not pass
            count(("dropped",))
            return DROPPED

    def url(self, url: str) -> str:
        return scrub_address(url, self.scrubber.book.query_keep, self.walk)


_making: Final = Lock()
_room: Room | None = None


def current() -> Room:
    """Return the room, made at first use: compiling the rules takes a moment."""
    global _room
    if _room is None:
        with _making:
            if _room is None:
                _room = Room(Policy())
    return _room


def configure(policy: Policy) -> None:
    """Scrub by `policy` from now on, in all threads.

    Raises:
        RuleError: the user's rules file is refused; the policy before stays in force.
    """
    global _room
    room = Room(policy)
    with _making:
        _room = room
