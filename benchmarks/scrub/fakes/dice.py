"""Small throws of the dice that every maker of fakes shares."""

import base64
import string
from dataclasses import dataclass
from random import Random

__all__ = [
    "ALNUM",
    "B32",
    "B64",
    "B64URL",
    "DIGITS",
    "HEX",
    "LOWER",
    "LOWNUM",
    "UPNUM",
    "Made",
    "b64",
    "b64url",
    "draw",
    "mixed",
]

DIGITS = string.digits
LOWER = string.ascii_lowercase
HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
LOWNUM = string.ascii_lowercase + string.digits
UPNUM = string.ascii_uppercase + string.digits
B32 = string.ascii_uppercase + "234567"
B64 = ALNUM + "+/"
B64URL = ALNUM + "-_"


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker wrote: `text`, and the `parts` of it that nobody may see.

    `entity` names what it is more closely than the slot that asked for it.
    """

    text: str
    parts: tuple[str, ...]
    entity: str = ""


def draw(r: Random, alphabet: str, count: int) -> str:
    """Return `count` letters of `alphabet`."""
    return "".join(r.choices(alphabet, k=count))


def mixed(r: Random, alphabet: str, count: int) -> str:
    """Return `count` letters with at least one digit and one letter, as real random keys have.

    The first and last are letters or digits, so that a key ends where it seems to end.
    """
    while True:
        text = draw(r, alphabet, count)
        has_both = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
        if has_both and text[0].isalnum() and text[-1].isalnum():
            return text


def b64(r: Random, size_bytes: int) -> str:
    """Return standard base64 of random bytes."""
    return base64.b64encode(r.randbytes(size_bytes)).decode()


def b64url(r: Random, size_bytes: int) -> str:
    """Return URL-safe base64 of random bytes, unpadded."""
    return base64.urlsafe_b64encode(r.randbytes(size_bytes)).decode().rstrip("=")
