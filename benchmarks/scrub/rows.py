"""Templates with labelled holes, and the labelled rows that come of filling them.

A template is text with slots between single guillemets. `‹email›` is a secret of that entity,
`‹ts›` is harmless and must survive, `‹~username›` is filled but neither asked for nor kept, and so
is the literal `‹=app›` (whose removal is a question of policy).
Filters follow a bar and act on the filled text: `‹email|pct›`.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal
from urllib.parse import quote

from benchmarks.scrub.fakes.abroad import ABROAD
from benchmarks.scrub.fakes.acceptance import (
    ACCEPTANCE_CREDENTIALS,
    ACCEPTANCE_HARMLESS,
    ACCEPTANCE_PERSONAL,
)
from benchmarks.scrub.fakes.common import (
    COMMON_CREDENTIALS,
    COMMON_HARMLESS,
    COMMON_PERSONAL,
)
from benchmarks.scrub.fakes.dice import Made
from benchmarks.scrub.fakes.formats import FORMATS
from benchmarks.scrub.fakes.habits import HABITS, LEANINGS
from benchmarks.scrub.fakes.harmless import HARMLESS
from benchmarks.scrub.fakes.moments import MOMENTS
from benchmarks.scrub.fakes.national import NATIONAL
from benchmarks.scrub.fakes.networks import NETWORKS
from benchmarks.scrub.fakes.oddities import ODDITIES, SPELLINGS
from benchmarks.scrub.fakes.payments import PAYMENTS
from benchmarks.scrub.fakes.people import PEOPLE
from benchmarks.scrub.fakes.phones import PHONES
from benchmarks.scrub.fakes.registers import REGISTERS
from benchmarks.scrub.fakes.tokens import TOKENS
from benchmarks.scrub.fakes.vendors import SHAPES, VENDORS, vendor_key

__all__ = ["Kind", "Row", "Secret", "fill", "in_json", "is_credential"]

Kind = Literal["log", "url", "trace", "json", "header", "prose", "negative"]

_SLOT = re.compile(r"‹(?:(~?)([a-z0-9_]+)((?:\|[a-z0-9_]+)*)|=([^›]+))›")
_WORD = re.compile(r"[^\W_][\w-]{2,}")
_PERSONAL: Mapping[str, Callable[[Random], str | Made]] = {
    **PEOPLE, **NETWORKS, **PHONES, **PAYMENTS, **NATIONAL, **ABROAD, **REGISTERS, **SPELLINGS,
    **LEANINGS, **COMMON_PERSONAL, **ACCEPTANCE_PERSONAL,
}  # fmt: skip
_CREDENTIAL: Mapping[str, Callable[[Random], str | Made]] = {
    **TOKENS, **VENDORS, **FORMATS, **ODDITIES, **HABITS, **COMMON_CREDENTIALS,
    **ACCEPTANCE_CREDENTIALS,
}  # fmt: skip
_HARMLESS: Mapping[str, Callable[[Random], str]] = {
    **HARMLESS, **MOMENTS, **COMMON_HARMLESS, **ACCEPTANCE_HARMLESS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing that must be gone: what it is, and the exact pieces of the text that show it."""

    entity: str
    is_credential: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled telemetry line; `keep` are the words outside every label."""

    kind: Kind
    text: str
    secrets: tuple[Secret, ...]
    keep: tuple[str, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a row: plain, labelled, or (`keeps` False, no secret) of no account."""

    text: str
    secret: Secret | None = None
    keeps: bool = True


def is_credential(slot: str) -> bool:
    """Say whether the slot stands for a credential rather than for a person."""
    return slot in _CREDENTIAL or slot in SHAPES


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _escaped_ascii_marks(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if c in "@<>&'+" or ord(c) > 126 else c for c in text)


def _hex_marks(text: str) -> str:
    return quote(text, safe="")


FILTERS: dict[str, Callable[[str], str]] = {
    "pct": _hex_marks,
    "pctlow": lambda text: re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), _hex_marks(text)),
    "pct2": lambda text: _hex_marks(_hex_marks(text)),
    "uni": _escaped_ascii_marks,
    "esc": _escaped,
    "esc2": lambda text: _escaped(_escaped(text)),
    "form": lambda text: _hex_marks(text).replace("%20", "+"),
    "html": lambda text: text.replace("@", "&#64;"),
    "upper": str.upper,
    "digits": lambda text: re.sub(r"\D", "", text),
    "b64": lambda text: base64.b64encode(text.encode()).decode(),
}


def _make(r: Random, slot: str) -> tuple[Made, str]:
    """Return what fills the slot and the entity it counts as, empty for the harmless."""
    if slot in _HARMLESS:
        return Made(_HARMLESS[slot](r), ()), ""
    if slot in SHAPES:
        return vendor_key(r, slot), slot
    made = (_PERSONAL.get(slot) or _CREDENTIAL[slot])(r)
    if isinstance(made, str):
        made = Made(made, (made,))
    return made, made.entity or slot


def _pieces(r: Random, template: str) -> list[Piece]:
    pieces, at = [], 0
    for slot in _SLOT.finditer(template):
        if slot.start() > at:
            pieces.append(Piece(template[at : slot.start()]))
        at = slot.end()
        if slot[4]:
            pieces.append(Piece(slot[4], keeps=False))
            continue
        made, entity = _make(r, slot[2])
        text, parts = made.text, made.parts
        for name in slot[3].split("|")[1:]:
            text, parts = FILTERS[name](text), tuple(FILTERS[name](part) for part in parts)
            entity = f"{entity}/{name}" if entity and name not in {"esc", "upper"} else entity
        if entity and not slot[1]:
            pieces.append(Piece(text, Secret(entity, is_credential(slot[2]), parts)))
        else:
            pieces.append(Piece(text, keeps=not slot[1]))
    if at < len(template):
        pieces.append(Piece(template[at:]))
    return pieces


def _mapped(piece: Piece, change: Callable[[str], str]) -> Piece:
    secret = piece.secret
    if secret is not None:
        secret = Secret(secret.entity, secret.is_credential, tuple(change(p) for p in secret.parts))
    return Piece(change(piece.text), secret, piece.keeps)


def _row(kind: Kind, pieces: list[Piece], template: str) -> Row:
    text = "".join(piece.text for piece in pieces)
    keep: list[str] = []
    for piece in pieces:
        if piece.secret is None and piece.keeps:
            # Escapes are spelling, not words: `\n` must not glue an n to the next word.
            keep += _WORD.findall(
                re.sub(r"\\u[0-9a-f]{4}|\\+[nrt]|%(?:25)*[0-9A-Fa-f]{2}", " ", piece.text)
            )
    secrets = tuple(piece.secret for piece in pieces if piece.secret is not None)
    return Row(kind, text, secrets, tuple(keep), template)


def fill(r: Random, kind: Kind, template: str) -> Row:
    """Return the template with every slot thrown and labelled."""
    return _row(kind, _pieces(r, template), template)


def in_json(r: Random, kind: Kind, template: str, levels: int, frames: tuple[str, str]) -> Row:
    """Return the template filled, then escaped `levels` times inside a JSON frame."""
    pieces = _pieces(r, template)
    for _ in range(levels):
        pieces = [_mapped(piece, _escaped) for piece in pieces]
    before, after = frames
    return _row(kind, [*_pieces(r, before), *pieces, *_pieces(r, after)], template)
