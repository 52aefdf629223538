"""Numbers of persons in a second score of countries, and the words that stand before them there.

Sources: each country's published rule for the check digit; one function a country.
"""

from collections.abc import Callable, Sequence
from random import Random
from urllib.parse import quote

from benchmarks.scrub.fakes import national as n
from benchmarks.scrub.fakes.dice import DIGITS, Made, draw
from benchmarks.scrub.fakes.payments import luhn_digit

__all__ = ["REGISTERS"]

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _weighed(text: str, weights: Sequence[int]) -> int:
    return sum(int(c) * w for c, w in zip(text, weights, strict=False))


def _birth(r: Random) -> tuple[str, str, str]:
    return f"{r.randint(45, 99)}", f"{r.randint(1, 12):02}", f"{r.randint(1, 28):02}"


def _grouped(text: str, *sizes: int, mark: str = " ") -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return mark.join(parts)


def au_tfn(r: Random) -> str:
    """Nine digits, weights 1 4 3 7 5 8 6 9 10, modulus 11."""
    while True:
        text = r.choice("123456789") + draw(r, DIGITS, 8)
        if _weighed(text, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return r.choice([text, _grouped(text, 3, 3, 3)])


def au_medicare(r: Random) -> str:
    """Eight digits, a check of modulus 10, an issue number."""
    body = r.choice("23456") + draw(r, DIGITS, 7)
    text = f"{body}{_weighed(body, (1, 3, 7, 9, 1, 3, 7, 9)) % 10}{r.randint(1, 9)}"
    return r.choice([text, _grouped(text, 4, 5, 1)])


def nz_ird(r: Random) -> str:
    """Eight digits and a check of modulus 11."""
    while True:
        body = f"{r.randint(10_000_000, 13_999_999)}"
        check = -_weighed(body, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return _grouped(f"{body}{check}", 3, 3, 3, mark=r.choice(["-", ""]))


def za_id(r: Random) -> str:
    """Birthday, serial, citizenship, an eight, Luhn."""
    body = "".join(_birth(r)) + draw(r, DIGITS, 4) + r.choice("01") + "8"
    return body + luhn_digit(body)


def kr_rrn(r: Random) -> str:
    """Birthday, century and sex, serial, a check of modulus 11."""
    body = "".join(_birth(r)) + r.choice("12") + draw(r, DIGITS, 5)
    check = (11 - _weighed(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def jp_number(r: Random) -> str:
    """Eleven digits and a check of modulus 11."""
    body = draw(r, DIGITS, 11)
    rest = sum(int(c) * (i + 2 if i < 6 else i - 4) for i, c in enumerate(reversed(body))) % 11
    text = f"{body}{0 if rest <= 1 else 11 - rest}"
    return r.choice([text, _grouped(text, 4, 4, 4)])


def mx_curp(r: Random) -> str:
    """Letters of the name, birthday, sex, state, consonants, a check of modulus 10."""
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    body = r.choice("GLMRHPS") + r.choice("AEIOU") + draw(r, "BCDFGLMNPRST", 2) + "".join(_birth(r))
    body += r.choice("HM") + r.choice(["DF", "JC", "NL", "PL", "VZ"]) + draw(r, "BCDFGLMNPRST", 3)
    body += "0"
    total = sum(alphabet.index(c) * (18 - i) for i, c in enumerate(body))
    return body + str(-total % 10)


def ar_cuil(r: Random) -> str:
    """Kind, document, a check of modulus 11."""
    while True:
        body = r.choice(["20", "27", "23"]) + draw(r, "123456789", 1) + draw(r, DIGITS, 7)
        check = -_weighed(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"{body[:2]}-{body[2:]}-{check}"


def cl_rut(r: Random) -> str:
    """Number, a check of modulus 11 with a K."""
    body = str(r.randint(5_000_000, 25_999_999))
    total = sum(int(c) * (2 + i % 6) for i, c in enumerate(reversed(body)))
    check = "0K987654321"[total % 11] if total % 11 else "0"
    return r.choice([f"{int(body):,}".replace(",", ".") + f"-{check}", f"{body}-{check}"])


def pt_nif(r: Random) -> str:
    """Eight digits and a check of modulus 11."""
    body = r.choice("12") + draw(r, DIGITS, 7)
    check = 11 - _weighed(body, range(9, 1, -1)) % 11
    text = f"{body}{0 if check >= 10 else check}"
    return r.choice([text, _grouped(text, 3, 3, 3)])


def gr_amka(r: Random) -> str:
    """Birthday, four digits, Luhn."""
    year, month, day = _birth(r)
    body = f"{day}{month}{year}{draw(r, DIGITS, 4)}"
    return body + luhn_digit(body)


def ro_cnp(r: Random) -> str:
    """Sex, birthday, county, serial, a check of modulus 11."""
    body = r.choice("12") + "".join(_birth(r)) + f"{r.randint(1, 46):02}{r.randint(1, 999):03}"
    check = _weighed(body, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return f"{body}{1 if check == 10 else check}"


def bg_egn(r: Random) -> str:
    """Birthday, serial, a check of modulus 11."""
    body = "".join(_birth(r)) + draw(r, DIGITS, 3)
    return f"{body}{_weighed(body, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10}"


def cz_birth(r: Random) -> str:
    """Birthday with fifty added for women, serial, divisible by eleven."""
    while True:
        year, month, day = _birth(r)
        body = f"{year}{int(month) + r.choice([0, 50]):02}{day}{draw(r, DIGITS, 3)}"
        check = int(body) % 11
        if check < 10:
            return f"{body[:6]}/{body[6:]}{check}"


def ie_pps(r: Random) -> str:
    """Seven digits and a letter of modulus 23."""
    body = draw(r, DIGITS, 7)
    second = r.choice(["", "A", "B"])
    total = _weighed(body, range(8, 1, -1)) + (9 * (ord(second) - 64) if second else 0)
    return f"{body}{'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}{second}"


def ee_code(r: Random) -> str:
    """Sex and century, birthday, serial, a check of two rounds."""
    body = r.choice("34") + "".join(_birth(r)) + draw(r, DIGITS, 3)
    check = _weighed(body, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = _weighed(body, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return f"{body}{check}"


def hr_oib(r: Random) -> str:
    """Ten digits, ISO 7064 mod 11,10."""
    body, rest = draw(r, DIGITS, 10), 10
    for char in body:
        rest = ((int(char) + rest) % 10 or 10) * 2 % 11
    return f"{body}{(11 - rest) % 10}"


def sg_nric(r: Random) -> str:
    """A letter, seven digits, a letter of modulus 11."""
    body = draw(r, DIGITS, 7)
    kind = r.choice("ST")
    total = _weighed(body, (2, 7, 6, 5, 4, 3, 2)) + (4 if kind == "T" else 0)
    return f"{kind}{body}{'JZIHGFEDCBA'[total % 11]}"


def my_kad(r: Random) -> str:
    """Birthday, place, serial."""
    return f"{''.join(_birth(r))}-{r.randint(1, 16):02}-{draw(r, DIGITS, 4)}"


def th_id(r: Random) -> str:
    """Twelve digits and a check of modulus 11."""
    body = r.choice("1358") + draw(r, DIGITS, 11)
    text = f"{body}{(11 - _weighed(body, range(13, 1, -1)) % 11) % 10}"
    return r.choice([text, _grouped(text, 1, 4, 5, 2, 1, mark="-")])


def in_pan(r: Random) -> str:
    """Five letters, the fourth P for persons, four digits, a letter."""
    middle = f"P{draw(r, _CAPITALS, 1)}{draw(r, DIGITS, 4)}"
    return f"{draw(r, _CAPITALS, 3)}{middle}{draw(r, _CAPITALS, 1)}"


def il_id(r: Random) -> str:
    """Eight digits, Luhn."""
    body = r.choice("0235") + draw(r, DIGITS, 7)
    return body + luhn_digit(body)


def us_itin(r: Random) -> str:
    """Nine, two digits, a group of the ITIN's ranges."""
    return f"9{draw(r, DIGITS, 2)}-{r.randint(70, 88)}-{draw(r, DIGITS, 4)}"


def us_mbi(r: Random) -> str:
    """Eleven characters of the Medicare card."""
    letters = "ACDEFGHJKMNPQRTUVWXY"

    def x() -> str:
        return r.choice(letters + DIGITS)

    made = f"{r.choice('123456789')}{r.choice(letters)}{x()}{draw(r, DIGITS, 1)}"
    made += f"{r.choice(letters)}{x()}{draw(r, DIGITS, 1)}{draw(r, letters, 2)}"
    made += draw(r, DIGITS, 2)
    return r.choice([made, _grouped(made, 4, 3, 4, mark="-")])


def ru_snils(r: Random) -> str:
    """Nine digits and a check of modulus 101."""
    body = draw(r, "123456789", 1) + draw(r, DIGITS, 8)
    check = _weighed(body, range(9, 0, -1)) % 101 % 100
    return f"{body[:3]}-{body[3:6]}-{body[6:]} {check:02}"


def hu_taj(r: Random) -> str:
    """Eight digits and a check of modulus 10."""
    body = draw(r, DIGITS, 8)
    return _grouped(f"{body}{_weighed(body, (3, 7) * 4) % 10}", 3, 3, 3, mark=r.choice([" ", "-"]))


_COUNTRIES: dict[str, tuple[Callable[[Random], str], str, str]] = {
    "us_ssn": (n.us_ssn, "SSN {}|social security number {}|SSN: {}", "ssn|social_security_number"),
    "us_itin": (us_itin, "ITIN {}|taxpayer id {}", "itin|tax_id"),
    "us_mbi": (us_mbi, "Medicare number {}|MBI: {}", "mbi|medicare_id"),
    "gb_nino": (n.gb_nino, "National Insurance number {}|NI no. {}", "nino|ni_number"),
    "gb_nhs": (n.gb_nhs, "NHS number {}|NHS: {}", "nhs_number|nhsNumber"),
    "de_tax_id": (n.de_tax_id, "Steueridentifikationsnummer {}|IdNr. {}", "steuerId|tax_id"),
    "fr_nir": (n.fr_nir, "numéro de sécurité sociale {}|NIR : {}", "nir|numero_secu"),
    "es_dni": (n.es_dni, "DNI {}|NIE/NIF: {}|con documento {}", "dni|nif|documento"),
    "it_codice": (n.it_codice, "codice fiscale {}|C.F. {}", "codiceFiscale|cf"),
    "nl_bsn": (n.nl_bsn, "BSN {}|burgerservicenummer: {}", "bsn|burgerservicenummer"),
    "pl_pesel": (n.pl_pesel, "PESEL {}|nr PESEL: {}", "pesel"),
    "se_personnummer": (n.se_personnummer, "personnummer {}|pnr {}", "personnummer|pnr"),
    "br_cpf": (n.br_cpf, "CPF {}|CPF nº {}|titular {}", "cpf|documento"),
    "in_aadhaar": (n.in_aadhaar, "Aadhaar {}|UIDAI no {}", "aadhaar|aadhaar_number"),
    "in_pan": (in_pan, "PAN {}|PAN card no. {}", "pan_number|panCard"),
    "ca_sin": (n.ca_sin, "SIN {}|social insurance number {}|NAS {}", "sin|social_insurance_number"),
    "fi_hetu": (n.fi_hetu, "henkilötunnus {}|hetu {}", "hetu|henkilotunnus"),
    "dk_cpr": (n.dk_cpr, "CPR {}|CPR-nr. {}", "cpr|cprNumber"),
    "be_register": (n.be_register, "rijksregisternummer {}|NISS {}", "rrn|niss"),
    "no_number": (n.no_number, "fødselsnummer {}|fnr {}", "fodselsnummer|fnr"),
    "ch_ahv": (n.ch_ahv, "AHV-Nr. {}|numéro AVS {}", "ahv|ahvNumber"),
    "tr_kimlik": (n.tr_kimlik, "TC Kimlik No {}|T.C. kimlik {}", "tckn|tc_kimlik_no"),
    "cn_resident": (n.cn_resident, "身份证号 {}|ID card {}", "id_card|idCardNo"),
    "au_tfn": (au_tfn, "TFN {}|tax file number {}", "tfn|tax_file_number"),
    "au_medicare": (au_medicare, "Medicare card {}|Medicare no. {}", "medicare_number|medicareNo"),
    "nz_ird": (nz_ird, "IRD number {}|IRD {}", "ird_number|ird"),
    "za_id": (za_id, "RSA ID {}|ID number {}", "id_number|idNumber"),
    "kr_rrn": (kr_rrn, "주민등록번호 {}|RRN {}|{}", "rrn|resident_registration_number"),
    "jp_number": (jp_number, "マイナンバー {}|個人番号: {}|My Number {}", "my_number"),
    "mx_curp": (mx_curp, "CURP {}|la CURP {}|{}", "curp"),
    "ar_cuil": (ar_cuil, "CUIL {}|CUIT/CUIL: {}", "cuil|cuit"),
    "cl_rut": (cl_rut, "RUT {}|R.U.T. {}", "rut|rutCliente"),
    "pt_nif": (pt_nif, "NIF {}|contribuinte n.º {}", "nif|contribuinte"),
    "gr_amka": (gr_amka, "ΑΜΚΑ {}|AMKA {}", "amka"),
    "ro_cnp": (ro_cnp, "CNP {}|cod numeric personal {}", "cnp"),
    "bg_egn": (bg_egn, "ЕГН {}|EGN {}", "egn"),
    "cz_birth": (cz_birth, "rodné číslo {}|r.č. {}", "rodne_cislo|rc"),
    "ie_pps": (ie_pps, "PPS number {}|PPSN {}", "ppsn|pps_number"),
    "ee_code": (ee_code, "isikukood {}|personal code {}", "isikukood|personal_code"),
    "hr_oib": (hr_oib, "OIB {}|OIB: {}", "oib"),
    "sg_nric": (sg_nric, "NRIC {}|NRIC/FIN: {}", "nric|nric_no"),
    "my_kad": (my_kad, "MyKad {}|No. KP {}", "mykad|ic_number"),
    "th_id": (th_id, "เลขประจำตัวประชาชน {}|Thai ID {}", "citizen_id"),
    "il_id": (il_id, "תעודת זהות {}|Teudat Zehut {}", "teudat_zehut|national_id"),
    "ru_snils": (ru_snils, "СНИЛС {}|SNILS {}", "snils"),
    "hu_taj": (hu_taj, "TAJ szám {}|TAJ: {}", "taj|taj_szam"),
}


def _in_words(r: Random) -> Made:
    name = r.choice(list(_COUNTRIES))
    make, words, _ = _COUNTRIES[name]
    number = make(r)
    return Made(r.choice(words.split("|")).format(number), (number,), name)


def _in_pair(frame: str, change: Callable[[str], str] = str) -> Callable[[Random], Made]:
    def make(r: Random) -> Made:
        name = r.choice(list(_COUNTRIES))
        maker, _, keys = _COUNTRIES[name]
        number = change(maker(r))
        return Made(frame.format(r.choice(keys.split("|")), number), (number,), name)

    return make


REGISTERS: dict[str, Callable[[Random], str | Made]] = {
    "id_said": _in_words,
    "id_pair": _in_pair("{}={}"),
    "id_yaml": _in_pair("{}: {}"),
    "id_json": _in_pair('"{}":"{}"'),
    "id_query": _in_pair("{}={}", lambda text: quote(text, safe="")),
}
"""A national number with the word or the key that introduces it; the word is of no account."""
