"""Card numbers and bank accounts whose check digits are right and whose owners do not exist.

Source: ISO/IEC 7812 (Luhn, issuer prefixes), ISO 13616 and its IBAN registry.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, Made, draw

__all__ = ["PAYMENTS", "luhn_digit"]

_BRANDS = {
    "visa": (("4",), 16),
    "mastercard": (("51", "52", "53", "54", "55", "2221", "2500", "2719"), 16),
    "amex": (("34", "37"), 15),
    "discover": (("6011", "644", "649", "65"), 16),
    "jcb": (("3528", "3550", "3589"), 16),
    "diners": (("300", "305", "36", "38"), 14),
}
# `n` is a digit, `a` a capital letter, `c` either: the account part of each country.
_IBANS = {
    "DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "ES": "n20", "IT": "a1n10c12", "NL": "a4n10",
    "BE": "n12", "CH": "n5c12", "AT": "n16", "PL": "n24", "SE": "n20", "NO": "n11", "DK": "n14",
    "FI": "n14", "PT": "n21", "IE": "a4n14", "CZ": "n20", "GR": "n7c16", "HU": "n24", "LU": "n3c13",
    "TR": "n6c16", "SA": "n2c18", "AE": "n19", "BR": "n23a1c1", "MT": "a4n5c18", "LT": "n16",
    "RO": "a4c16",
    "BG": "a4n6c8", "HR": "n17", "SI": "n15", "SK": "n20", "EE": "n16", "LV": "a4c13",
}  # fmt: skip
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def luhn_digit(body: str) -> str:
    """Return the digit that makes `body` pass the Luhn check."""
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _number(r: Random, brand: str) -> str:
    prefixes, length = _BRANDS[brand]
    prefix = r.choice(prefixes)
    body = prefix + draw(r, DIGITS, length - 1 - len(prefix))
    return body + luhn_digit(body)


def _grouped(number: str, mark: str) -> str:
    cuts = {16: (4, 8, 12), 15: (4, 10), 14: (4, 10)}[len(number)]
    edges = (0, *cuts, len(number))
    return mark.join(number[a:b] for a, b in pairwise(edges))


def _card(r: Random) -> Made:
    brand = r.choice(list(_BRANDS))
    number = _number(r, brand)
    return Made(number, (number,), f"card_{brand}")


def _card_grouped(r: Random) -> Made:
    number = _grouped(_number(r, r.choice(list(_BRANDS))), r.choice([" ", " ", "-"]))
    return Made(number, (number,))


def _account(r: Random, shape: str) -> str:
    made, at = "", 0
    while at < len(shape):
        end = at + 1
        while end < len(shape) and shape[end].isdigit():
            end += 1
        alphabet = {"n": DIGITS, "a": _LETTERS, "c": _LETTERS + DIGITS}[shape[at]]
        made += draw(r, alphabet, int(shape[at + 1 : end]))
        at = end
    return made


def _iban_plain(r: Random) -> str:
    country = r.choice(list(_IBANS))
    account = _account(r, _IBANS[country])
    spelled = "".join(str(int(c, 36)) for c in account + country + "00")
    return f"{country}{98 - int(spelled) % 97:02}{account}"


def _iban_spaced(r: Random) -> str:
    plain = _iban_plain(r)
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


PAYMENTS: dict[str, Callable[[Random], str | Made]] = {
    "card": _card,
    "card_grouped": _card_grouped,
    "iban": _iban_plain,
    "iban_spaced": _iban_spaced,
    "cvv": lambda r: draw(r, DIGITS, 3),
}
"""Each payment slot of a template and what fills it."""
