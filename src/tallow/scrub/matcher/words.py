"""Words of texts, and which pieces of words are in them: looked up once, then known."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from .behind import first_trie
from .pieces import LOOK

__all__ = ["Words", "shape_of"]

_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALNUM: Final = _DIGITS + _CAPITALS + _CAPITALS.lower()
_TO_WORDS: Final = bytes(
    48 if sign in _DIGITS else sign if sign in _ALNUM else 32 for sign in range(256)
)
_SHAPE: Final = bytes.maketrans(_ALNUM, b"C" * 10 + b"A" * 26 + b"B" * 26)
_HEX: Final = b"0abcdefABCDEF "
_MOST_NEW: Final = 4000
_LONGEST: Final = 16

_Begun = dict[bytes, list[tuple[bytes, int]]]
"""How pieces begin: no key begins with another. Each with its pieces and what they stand for."""


def shape_of(word: str) -> str:
    """Return a word as capitals that no piece of a word has: A for these, B small, C digits.

    >>> shape_of(" AbC12")
    ' ABACC'
    """
    return word.encode().translate(_SHAPE).decode()


class Words:
    """What the pieces in the words of a text stand for, as bits. Any thread may use it.

    Short words are remembered, those of late and those of the time before; long ones are mostly
    random. All digits are one to it.
    """

    def __init__(self, pieces: Mapping[str, int]) -> None:
        """Learn `pieces`: as of `pieces_of`, or the shape of a word's beginning."""
        self._plain: set[bytes] = set()
        self._known: dict[bytes, int] = {}
        self._before: dict[bytes, int] = {}
        heads = {piece[1:]: bits for piece, bits in pieces.items() if piece[0] == " "}
        self._heads = _begun(heads)
        self._inner = _begun({piece: bits for piece, bits in pieces.items() if piece[0] != " "})
        in_hex = [piece for piece in self._inner if not piece.strip(_HEX)]
        self._match = _pattern(self._heads).match
        self._search = _pattern(self._inner).search
        self._search_hex = _pattern(in_hex).search

    def bits(self, data: bytes) -> int:
        """Return what the pieces in `data` stand for."""
        words = set(data.translate(_TO_WORDS).split())
        words -= self._plain
        known = self._known
        there = 0
        for word in words:
            bits = known.get(word)
            there |= self._met(word) if bits is None else bits
        return there

    def _met(self, word: bytes) -> int:
        bits = self._before.get(word)
        if bits is None:
            bits = self._looked_up(word)
        if len(word) <= _LONGEST:
            if len(self._plain) + len(self._known) >= _MOST_NEW:
                self._before = {**dict.fromkeys(self._plain, 0), **self._known}
                self._plain, self._known = set(), {}
            if bits:
                self._known[word] = bits
            else:
                self._plain.add(word)
        return bits

    def _looked_up(self, word: bytes) -> int:
        there = 0
        look = word.translate(LOOK) + b" "
        for start in (look, word.translate(_SHAPE) + b" "):
            if match := self._match(start):
                for piece, bits in self._heads[match[0]]:
                    if start.startswith(piece):
                        there |= bits
        search = self._search if word.strip(_HEX) else self._search_hex
        match = search(look)
        while match:
            place = match.start()
            for piece, bits in self._inner[match[0]]:
                if look.startswith(piece, place):
                    there |= bits
            match = search(look, place + 1)
        return there


def _pattern(begun: Iterable[bytes]) -> re.Pattern[bytes]:
    return re.compile(first_trie([piece.decode() for piece in begun]).encode())


def _begun(pieces: Mapping[str, int]) -> _Begun:
    begun: _Begun = {}
    for piece in sorted(map(str.encode, pieces), key=len):
        size = next((size for size in range(1, len(piece)) if piece[:size] in begun), None)
        begun.setdefault(piece[:size], []).append((piece, pieces[piece.decode()]))
    return begun
