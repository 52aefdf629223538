"""The code phrase a person reads out: a number for the server and three words for the other side.

The words are EFF's short word list 2.0 (CC BY 3.0 US, by Joseph Bonneau and the Electronic
Frontier Foundation), with "yo-yo" written as one word: 1,296 words whose first three letters
differ.
"""

import re
import secrets
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from tallow_transfer.exceptions import WrongCodeError

__all__ = ["WORDS_IN_A_CODE", "Code", "complete_word", "new_words", "parse_code", "words"]

WORDS_IN_A_CODE: Final = 3
_LETTERS_THAT_DECIDE: Final = 3
_SEPARATORS = re.compile(r"[\s_-]+")
_NAMEPLATE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Code:
    """A code in its two halves. The nameplate goes to the server, the words never."""

    nameplate: int
    words: str

    def __str__(self) -> str:
        return f"{self.nameplate}-{self.words}"

    def __repr__(self) -> str:
        return "Code(…)"  # so that no traceback or log line shows the words


@cache
def words() -> tuple[str, ...]:
    """Return the 1,296 words, sorted."""
    text = resources.files(__package__).joinpath("words.txt").read_text("ascii")
    return tuple(text.split())


@cache
def _by_prefix() -> dict[str, str]:
    return {word[:_LETTERS_THAT_DECIDE]: word for word in words()}


def new_words() -> str:
    """Return three fresh random words, joined with hyphens: 31 bits."""
    return "-".join(secrets.choice(words()) for _ in range(WORDS_IN_A_CODE))


def complete_word(start: str) -> str:
    """Return the word that `start` begins, or an empty string.

    >>> complete_word("aar")
    'aardvark'
    """
    word = _by_prefix().get(start[:_LETTERS_THAT_DECIDE], "")
    return word if word.startswith(start) else ""


def parse_code(said: str) -> Code:
    """Return the code a person typed or pasted; a link with the code in its fragment will do.

    >>> str(parse_code(" 7 Aardvark_abandoned-abb "))
    '7-aardvark-abandoned-abbreviate'

    Raises:
        WrongCodeError: it cannot be a code.
    """
    bare = said.strip().rsplit("#", 1)[-1].lower()
    parts = [part for part in _SEPARATORS.split(bare) if part]
    if len(parts) != WORDS_IN_A_CODE + 1 or _NAMEPLATE.fullmatch(parts[0]) is None:
        raise WrongCodeError("unknown_code")
    completed = [complete_word(part) for part in parts[1:]]
    if not all(completed):
        raise WrongCodeError("unknown_code")
    return Code(int(parts[0]), "-".join(completed))
