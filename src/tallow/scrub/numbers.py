"""Numbers that say themselves whether they are real: cards, accounts, people's official numbers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

__all__ = ["SCHEMES", "brand_of", "iban_end", "is_luhn"]

_BRANDS: tuple[tuple[int, int, int, tuple[int, ...]], ...] = (
    (1, 4, 4, (13, 16, 19)),
    (2, 51, 55, (16,)),
    (4, 2221, 2720, (16,)),
    (2, 34, 34, (15,)),
    (2, 37, 37, (15,)),
    (4, 6011, 6011, (16, 19)),
    (3, 644, 649, (16, 19)),
    (2, 65, 65, (16, 19)),
    (4, 3528, 3589, (16, 19)),
    (3, 300, 305, (14,)),
    (2, 36, 36, (14,)),
    (2, 38, 39, (14, 16)),
    (2, 62, 62, (16, 17, 18, 19)),
)
"""Digits of the prefix, lowest and highest prefix, lengths of the whole number."""

_DOUBLED = str.maketrans("0123456789", "0246813579")
_ITALIAN_ODD = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18),
    *(20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)
_VERHOEFF_TIMES = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_VERHOEFF_TURN = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def is_luhn(digits: str) -> bool:
    """Say whether the last digit of `digits` is the Luhn check digit of the rest.

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)

    Source: ISO/IEC 7812-1, annex B.
    """
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def brand_of(digits: str) -> bool:
    """Say whether a card brand issues numbers with this prefix and length."""
    return any(
        len(digits) in lengths and low <= int(digits[:width]) <= high
        for width, low, high, lengths in _BRANDS
    )


def iban_end(text: str, start: int, length: int) -> int:
    """Return where the IBAN of `length` characters that begins at `start` ends, or -1.

    Blanks and dashes do not count. The check is ISO 7064 mod 97-10: letters are worth 10 to 35.

    Source: ISO 13616-1.
    """
    compact = ""
    for place in range(start, min(len(text), start + length * 2)):
        char = text[place]
        if char.isascii() and char.isalnum():
            compact += char
            if len(compact) == length:
                moved = compact[4:] + compact[:4]
                return place + 1 if int("".join(str(int(c, 36)) for c in moved)) % 97 == 1 else -1
        elif char not in " +-\u00a0\u202f\u2011":
            return -1
    return -1


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_day_of_century(two: str, month: str, day: str) -> bool:
    return _is_day(2000 + int(two), int(month), int(day)) or _is_day(
        1900 + int(two), int(month), int(day)
    )


def _us_ssn(n: str) -> bool:
    return n[:3] not in ("000", "666") and n[0] != "9" and n[3:5] != "00" and n[5:] != "0000"


def _us_itin(n: str) -> bool:
    return n[0] == "9" and (50 <= int(n[3:5]) <= 65 or 70 <= int(n[3:5]) <= 99)


def _ca_sin(n: str) -> bool:
    return n[0] not in "08" and is_luhn(n)


def _uk_nino(n: str) -> bool:
    return n[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def _uk_nhs(n: str) -> bool:
    check = 11 - _weighted(n, range(10, 1, -1)) % 11
    return len(set(n)) > 1 and check % 11 == int(n[9]) and check != 10


def _de_tax(n: str) -> bool:
    counts = sorted(n[:10].count(digit) for digit in set(n[:10]))
    if n[0] == "0" or counts[-1] not in (2, 3) or (len(counts) > 1 and counts[-2] > 1):
        return False
    return _mod_11_10(n)


def _mod_11_10(n: str) -> bool:
    product = 10
    for digit in n[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(n[-1])


def _fr_nir(n: str) -> bool:
    body = n[:13].replace("2A", "19").replace("2B", "18")
    return body.isdecimal() and 97 - int(body) % 97 == int(n[13:])


def _es_dni(n: str) -> bool:
    number = n[:-1].translate(str.maketrans("XYZ", "012"))
    return number.isdecimal() and "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == n[-1]


def _it_fiscal(n: str) -> bool:
    total = 0
    for place, char in enumerate(n[:15]):
        value = int(char) if char.isdecimal() else ord(char) - 65
        total += value if place % 2 else _ITALIAN_ODD[value]
    return chr(65 + total % 26) == n[15]


def _pl_pesel(n: str) -> bool:
    century, month = divmod(int(n[2:4]), 20)
    year = (1900, 2000, 2100, 2200, 1800)[century] + int(n[:2])
    return (
        _is_day(year, month, int(n[4:6]))
        and _weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _nl_bsn(n: str) -> bool:
    return n.strip("0") != "" and _weighted(n, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _be_register(n: str) -> bool:
    check = int(n[9:])
    return any(97 - int(lead + n[:9]) % 97 == check for lead in ("", "2"))


def _se_person(n: str) -> bool:
    day = int(n[-6:-4])
    born = f"{day - 60 if day > 60 else day:02d}"
    return _is_day_of_century(n[-10:-8], n[-8:-6], born) and is_luhn(n[-10:])


def _fi_person(n: str) -> bool:
    letters = "0123456789ABCDEFHJKLMNPRSTUVWXY"
    return (
        _is_day_of_century(n[4:6], n[2:4], n[:2]) and letters[int(n[:6] + n[-4:-1]) % 31] == n[-1]
    )


def _no_person(n: str) -> bool:
    first = _weighted(n, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    return first == 0 and _weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _dk_person(n: str) -> bool:
    return _is_day_of_century(n[4:6], n[2:4], n[:2])


def _br_cpf(n: str) -> bool:
    if len(set(n)) == 1:
        return False
    first = _weighted(n, range(10, 1, -1)) * 10 % 11 % 10
    return first == int(n[9]) and _weighted(n[:10], range(11, 1, -1)) * 10 % 11 % 10 == int(n[10])


def _in_aadhaar(n: str) -> bool:
    if n[0] in "01":
        return False
    check = 0
    for place, digit in enumerate(reversed(n)):
        check = int(_VERHOEFF_TIMES[check][int(_VERHOEFF_TURN[place % 8][int(digit)])])
    return check == 0


def _cn_resident(n: str) -> bool:
    if not _is_day(int(n[6:10]), int(n[10:12]), int(n[12:14])):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[_weighted(n[:17], weights) % 11] == n[17].upper()


def _kr_resident(n: str) -> bool:
    return _is_day_of_century(n[:2], n[2:4], n[4:6]) and (
        11 - _weighted(n, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11
    ) % 10 == int(n[12])


def _sg_nric(n: str) -> bool:
    total = _weighted(n[1:8], (2, 7, 6, 5, 4, 3, 2)) + (4 if n[0] in "TG" else 0)
    return ("JZIHGFEDCBA" if n[0] in "ST" else "XWUTRQPNMLK")[total % 11] == n[8]


def _au_tfn(n: str) -> bool:
    return n.strip("0") != "" and _weighted(n, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def _ch_ahv(n: str) -> bool:
    return n[:3] == "756" and _weighted(n, (1, 3) * 6 + (1,)) % 10 == 0


def _za_id(n: str) -> bool:
    return _is_day_of_century(n[:2], n[2:4], n[4:6]) and is_luhn(n)


def _tr_id(n: str) -> bool:
    if n[0] == "0":
        return False
    tenth = (_weighted(n[:9:2], (7,) * 5) - _weighted(n[1:8:2], (1,) * 4)) % 10
    return tenth == int(n[9]) and sum(map(int, n[:10])) % 10 == int(n[10])


def _cz_birth(n: str) -> bool:
    month = int(n[2:4]) % 50
    return _is_day_of_century(n[:2], f"{month - 20 if month > 20 else month:02d}", n[4:6]) and (
        int(n[:9]) % 11 % 10
    ) == int(n[9])


def _cl_rut(n: str) -> bool:
    total = _weighted(n[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4))
    return "0123456789K0"[(11 - total % 11) % 11] == n[-1].upper()


def _mx_curp(n: str) -> bool:
    letters = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
    total = sum(letters.index(char) * (18 - place) for place, char in enumerate(n[:17]))
    return str((10 - total % 10) % 10) == n[17]


def _jp_number(n: str) -> bool:
    left = _weighted(n, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if left <= 1 else 11 - left) == int(n[11])


def _ie_pps(n: str) -> bool:
    extra = ord(n[8]) - 64 if len(n) > 8 and n[8] != "W" else 0
    total = _weighted(n[:7], range(8, 1, -1)) + extra * 9
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == n[7]


def _in_pan(n: str) -> bool:
    return n[3] in "ABCFGHLJPT"


def _ro_cnp(n: str) -> bool:
    check = _weighted(n, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (
        n[0] != "0"
        and _is_day_of_century(n[1:3], n[3:5], n[5:7])
        and (1 if check == 10 else check) == int(n[12])
    )


def _pt_nif(n: str) -> bool:
    check = 11 - _weighted(n, range(9, 1, -1)) % 11
    return n[0] in "12356789" and (0 if check >= 10 else check) == int(n[8])


SCHEMES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "us-ssn": _us_ssn,
        "us-itin": _us_itin,
        "ca-sin": _ca_sin,
        "uk-nino": _uk_nino,
        "uk-nhs": _uk_nhs,
        "de-tax": _de_tax,
        "fr-nir": _fr_nir,
        "es-dni": _es_dni,
        "it-fiscal": _it_fiscal,
        "pl-pesel": _pl_pesel,
        "nl-bsn": _nl_bsn,
        "be-register": _be_register,
        "se-person": _se_person,
        "fi-person": _fi_person,
        "no-person": _no_person,
        "dk-person": _dk_person,
        "br-cpf": _br_cpf,
        "in-aadhaar": _in_aadhaar,
        "in-pan": _in_pan,
        "cn-resident": _cn_resident,
        "kr-resident": _kr_resident,
        "jp-number": _jp_number,
        "sg-nric": _sg_nric,
        "au-tfn": _au_tfn,
        "ch-ahv": _ch_ahv,
        "za-id": _za_id,
        "tr-id": _tr_id,
        "cz-birth": _cz_birth,
        "cl-rut": _cl_rut,
        "mx-curp": _mx_curp,
        "ie-pps": _ie_pps,
        "ro-cnp": _ro_cnp,
        "pt-nif": _pt_nif,
    }
)
"""Scheme → whether a number, upper case and without separators, passes its own check."""
