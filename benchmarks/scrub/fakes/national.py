"""National identity numbers of made-up people, check digits right.

Sources: each country's published rule (tax or population office); one function a country.
"""

from collections.abc import Callable, Sequence
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, draw
from benchmarks.scrub.fakes.payments import luhn_digit

__all__ = ["NATIONAL"]

_VERHOEFF_D = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]  # fmt: skip
_VERHOEFF_P = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_VERHOEFF_INV = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)
_CF_FIRST = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_CF_REST = (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CF_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (*_CF_FIRST, *_CF_FIRST, *_CF_REST),
        strict=True,
    )
)
_CONSONANTS = "BCDFGHLMNPRSTVZ"


def _weighed(text: str, weights: Sequence[int]) -> int:
    return sum(int(c) * w for c, w in zip(text, weights, strict=False))


def _date(r: Random) -> tuple[int, int, int]:
    return r.randint(40, 99), r.randint(1, 12), r.randint(1, 28)


def us_ssn(r: Random) -> str:
    """Area 001 to 899 without 666, group and serial never all zero."""
    area = r.choice([n for n in range(1, 899) if n != 666])
    return f"{area:03}-{r.randint(1, 99):02}-{r.randint(1, 9999):04}"


def gb_nino(r: Random) -> str:
    """Two prefix letters, six digits, a suffix A to D."""
    prefix = r.choice("ABCEHJLMPRSTWX") + r.choice("ABCEHJKLMPRSTWXZ")
    if prefix in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:
        return gb_nino(r)
    body = draw(r, DIGITS, 6)
    if r.random() < 0.5:
        return f"{prefix} {body[:2]} {body[2:4]} {body[4:]} {r.choice('ABCD')}"
    return f"{prefix}{body}{r.choice('ABCD')}"


def gb_nhs(r: Random) -> str:
    """Ten digits, modulus 11."""
    body = r.choice("4679") + draw(r, DIGITS, 8)
    check = 11 - _weighed(body, range(10, 1, -1)) % 11
    if check == 10:
        return gb_nhs(r)
    text = body + str(check % 11)
    return f"{text[:3]} {text[3:6]} {text[6:]}"


def de_tax_id(r: Random) -> str:
    """Eleven digits, one of the first ten twice, ISO 7064 mod 11,10."""
    places = r.sample(DIGITS, 9)
    places.insert(r.randint(1, 9), r.choice(places))
    if places[0] == "0" or any(
        a == b == c for a, b, c in zip(places, places[1:], places[2:], strict=False)
    ):
        return de_tax_id(r)
    product = 10
    for char in places:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    text = "".join(places) + str((11 - product) % 10)
    return text if r.random() < 0.5 else f"{text[:2]} {text[2:5]} {text[5:8]} {text[8:]}"


def fr_nir(r: Random) -> str:
    """Sex, year, month, place, order, and 97 minus the rest modulo 97."""
    year, month, _ = _date(r)
    body = f"{r.choice('12')}{year:02}{month:02}{r.choice([*range(1, 20), *range(21, 95)]):02}"
    body += f"{r.randint(1, 989):03}{r.randint(1, 989):03}"
    key = f"{97 - int(body) % 97:02}"
    if r.random() < 0.5:
        return body + key
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {key}"


def es_dni(r: Random) -> str:
    """Eight digits and a letter, or X, Y, Z and seven digits."""
    number = r.randint(1_000_000, 99_999_999)
    if r.random() < 0.3:
        head = r.randint(0, 2)
        tail = f"{r.randint(0, 9_999_999):07}"
        return "XYZ"[head] + tail + "TRWAGMYFPDXBNJZSQVHLCKE"[int(f"{head}{tail}") % 23]
    return f"{number:08}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def it_codice(r: Random) -> str:
    """Six consonants, year, month letter, day, place, check letter."""
    year, month, day = _date(r)
    body = draw(r, _CONSONANTS, 6) + f"{year:02}{'ABCDEHLMPRST'[month - 1]}"
    body += f"{day + r.choice([0, 40]):02}{r.choice('ABCDEFGHIL')}{r.randint(100, 899)}"
    odd = sum(_CF_ODD[c] for c in body[::2])
    even = sum(int(c) if c.isdigit() else ord(c) - 65 for c in body[1::2])
    return body + chr(65 + (odd + even) % 26)


def nl_bsn(r: Random) -> str:
    """Nine digits that pass the eleven test."""
    body = r.choice("12") + draw(r, DIGITS, 7)
    check = _weighed(body, range(9, 1, -1)) % 11
    return nl_bsn(r) if check == 10 else body + str(check)


def pl_pesel(r: Random) -> str:
    """Birthday, four digits, weights 1 3 7 9."""
    year, month, day = _date(r)
    body = f"{year:02}{month:02}{day:02}{draw(r, DIGITS, 4)}"
    return body + str(-_weighed(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def se_personnummer(r: Random) -> str:
    """Birthday, three digits, Luhn."""
    year, month, day = _date(r)
    body = f"{year:02}{month:02}{day:02}{draw(r, DIGITS, 3)}"
    century = r.choice(["", "19"])
    return f"{century}{body[:6]}-{body[6:]}{luhn_digit(body)}"


def br_cpf(r: Random) -> str:
    """Nine digits and two of modulus 11."""
    body = draw(r, DIGITS, 9)
    for start in (10, 11):
        body += str(_weighed(body, range(start, 1, -1)) * 10 % 11 % 10)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def in_aadhaar(r: Random) -> str:
    """Twelve digits in fours, Verhoeff."""
    body = r.choice("23456789") + draw(r, DIGITS, 10)
    check = 0
    for place, char in enumerate(reversed(body), 1):
        value = int(char)
        for _ in range(place % 8):
            value = _VERHOEFF_P[value]
        check = _VERHOEFF_D[check][value]
    text = body + str(_VERHOEFF_INV[check])
    return f"{text[:4]} {text[4:8]} {text[8:]}"


def ca_sin(r: Random) -> str:
    """Nine digits, Luhn, in threes."""
    body = r.choice("1234567") + draw(r, DIGITS, 7)
    text = body + luhn_digit(body)
    mark = r.choice([" ", "-"])
    return mark.join((text[:3], text[3:6], text[6:]))


def fi_hetu(r: Random) -> str:
    """Birthday, century mark, three digits, a letter modulo 31."""
    year, month, day = _date(r)
    born, serial = f"{day:02}{month:02}{year:02}", f"{r.randint(2, 899):03}"
    return f"{born}-{serial}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(born + serial) % 31]}"


def dk_cpr(r: Random) -> str:
    """Birthday and four digits."""
    year, month, day = _date(r)
    return f"{day:02}{month:02}{year:02}-{r.randint(1, 4999):04}"


def be_register(r: Random) -> str:
    """Birthday, order, 97 minus the rest."""
    year, month, day = _date(r)
    body = f"{year:02}{month:02}{day:02}{r.randint(1, 997):03}"
    return f"{year:02}.{month:02}.{day:02}-{body[6:]}.{97 - int(body) % 97:02}"


def no_number(r: Random) -> str:
    """Birthday, three digits, two of modulus 11."""
    year, month, day = _date(r)
    body = f"{day:02}{month:02}{year:02}{r.randint(0, 499):03}"
    first = -_weighed(body, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -_weighed(f"{body}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return no_number(r) if 10 in {first, second} else f"{body}{first}{second}"


def ch_ahv(r: Random) -> str:
    """756, nine digits, the check of an EAN-13."""
    body = "756" + draw(r, DIGITS, 9)
    check = -_weighed(body, (1, 3) * 6) % 10
    return f"756.{body[3:7]}.{body[7:11]}.{body[11]}{check}"


def tr_kimlik(r: Random) -> str:
    """Eleven digits, the last two computed."""
    nine = [int(c) for c in r.choice(DIGITS[1:]) + draw(r, DIGITS, 8)]
    tenth = (sum(nine[::2]) * 7 - sum(nine[1::2])) % 10
    return "".join(map(str, [*nine, tenth, (sum(nine) + tenth) % 10]))


def cn_resident(r: Random) -> str:
    """Place, birthday, order, a check of modulus 11."""
    year, month, day = _date(r)
    body = f"{r.choice(['110101', '310104'])}19{year:02}{month:02}{day:02}{draw(r, DIGITS, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[_weighed(body, weights) % 11]


NATIONAL: dict[str, Callable[[Random], str]] = {
    "us_ssn": us_ssn,
    "gb_nino": gb_nino,
    "gb_nhs": gb_nhs,
    "de_tax_id": de_tax_id,
    "fr_nir": fr_nir,
    "es_dni": es_dni,
    "it_codice": it_codice,
    "nl_bsn": nl_bsn,
    "pl_pesel": pl_pesel,
    "se_personnummer": se_personnummer,
    "br_cpf": br_cpf,
    "in_aadhaar": in_aadhaar,
    "ca_sin": ca_sin,
    "fi_hetu": fi_hetu,
    "dk_cpr": dk_cpr,
    "be_register": be_register,
    "no_number": no_number,
    "ch_ahv": ch_ahv,
    "tr_kimlik": tr_kimlik,
    "cn_resident": cn_resident,
}
"""Each national number and what makes it."""
