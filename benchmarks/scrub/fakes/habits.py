"""Values drawn by other habits: passwords people choose, plain draws of keys, odd addresses."""

import ipaddress
import uuid
from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import ALNUM, B64URL, DIGITS, HEX, LOWER, LOWNUM, Made, b64, draw
from benchmarks.scrub.fakes.payments import luhn_digit

__all__ = ["HABITS", "LEANINGS"]

_GIVEN = (
    "james mary robert patricia john jennifer michael linda david elizabeth william barbara "
    "richard susan joseph jessica thomas sarah charles karen wei ling juan maria ahmed fatima "
    "ivan olga kenji yuki lars ingrid pierre marie hans petra luca giulia"
).split()
_FAMILY = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez "
    "gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white chen "
    "wang kumar singh mueller schmidt weber fischer rossi russo silva santos tanaka suzuki"
).split()
_NOUNS = (
    "correct horse battery staple swordfish letmein trustno dolphin shadow liverpool arsenal "
    "princess welcome football superman iloveyou starwars flower chocolate butterfly"
).split()
_HOSTS = (
    "gmail.com yahoo.com hotmail.com outlook.com example.com example.org test.io company.co "
    "mail.ru qq.com web.de gmx.net orange.fr libero.it icloud.com proton.me corp.internal.net"
).split()


def _password(r: Random) -> str:
    noun, number = r.choice(_NOUNS), r.randint(1, 9999)
    leet = noun.replace("o", "0").replace("a", "@").replace("s", "$")
    return r.choice(
        [
            f"{noun.title()}{number}!",
            f"{leet}{number}",
            f"P@ssw0rd{number}",
            f"{noun}{number}",
            f"{noun.upper()}_{number}",
            draw(r, ALNUM + "!@#$%^&*", r.randint(8, 16)).strip("*#"),
            f"{noun}-{r.choice(_NOUNS)}-{r.choice(_NOUNS)}-{r.randint(1, 99)}",
            f"Qwerty{number}#",
            f"{r.choice(_GIVEN)}{r.randint(1950, 2010)}",
            draw(r, ALNUM, 12),
        ]
    )


def _password_word(r: Random) -> str:
    return r.choice([r.choice(_NOUNS), f"{r.choice(_NOUNS)}{r.choice(_NOUNS)}", draw(r, LOWER, 9)])


def _password_digits(r: Random) -> str:
    return draw(r, "123456789", r.randint(6, 10))


def _passphrase(r: Random) -> str:
    return " ".join(r.sample(_NOUNS, 4))


def _login(r: Random) -> str:
    given, family = r.choice(_GIVEN), r.choice(_FAMILY)
    return r.choice(
        [
            f"{given[0]}{family}",
            f"{given}.{family}",
            f"{given}{family[0]}",
            f"{given}_{family}",
            f"{family}{given[0]}{r.randint(1, 99)}",
            f"{given}{r.randint(70, 99)}",
            f"{given}-{family}",
        ]
    )


def _mail(r: Random) -> str:
    given, family = r.choice(_GIVEN), r.choice(_FAMILY)
    local = r.choice(
        [
            f"{given}.{family}",
            f"{given}{family}",
            f"{given[0]}.{family}",
            f"{family}",
            f"{given}",
            f"{given}.{family}{r.randint(1, 999)}",
            f"{given.title()}.{family.title()}",
            f"{given}+{r.choice(_NOUNS)}",
            f"{draw(r, DIGITS, 8)}",
            f"{given}_{family}_{r.randint(1, 9)}",
            f"{given[0]}{family[0]}",
            f"{given}.{r.choice('abc')}.{family}",
        ]
    )
    host = r.choice(
        [*_HOSTS, f"{r.choice(_FAMILY)}.{r.choice(['com', 'co.uk', 'dev', 'ai', 'ru'])}"]
    )
    return f"{local}@{host}"


def _quad(r: Random) -> str:
    while True:
        address = ipaddress.IPv4Address(r.getrandbits(32))
        if address.is_global and not address.is_multicast:
            return str(address)


def _six(r: Random) -> str:
    address = ipaddress.IPv6Address((0x2 << 124) | r.getrandbits(124))
    return r.choice([str(address), address.exploded, str(address).upper()])


def _token(r: Random) -> str:
    return r.choice(
        [
            draw(r, ALNUM, r.choice([16, 20, 24, 32, 40, 64])),
            draw(r, HEX, r.choice([32, 40, 64])),
            draw(r, B64URL, r.choice([22, 32, 43])),
            str(uuid.UUID(int=r.getrandbits(128), version=4)),
            draw(r, LOWNUM, r.choice([16, 25, 32])),
            b64(r, r.choice([16, 24, 32])),
            draw(r, HEX.upper(), 32),
            f"tok_{draw(r, ALNUM, 24)}",
            f"{draw(r, ALNUM, 8)}.{draw(r, ALNUM, 24)}",
        ]
    )


_PLAIN_KEYS = (
    ("AKIA", ALNUM[26:52] + DIGITS, 16),
    ("ASIA", ALNUM[26:52] + DIGITS, 16),
    ("AIza", B64URL, 35),
    ("ghp_", ALNUM, 36),
    ("gho_", ALNUM, 36),
    ("ghs_", ALNUM, 36),
    ("github_pat_", ALNUM + "_", 82),
    ("glpat-", B64URL, 20),
    ("sk_live_", ALNUM, 24),
    ("sk_test_", ALNUM, 24),
    ("rk_live_", ALNUM, 24),
    ("whsec_", ALNUM, 32),
    ("xoxb-", DIGITS, 12),
    ("SG.", B64URL, 22),
    ("npm_", ALNUM, 36),
    ("hf_", ALNUM, 34),
    ("sk-", ALNUM, 48),
    ("sk-ant-api03-", B64URL, 95),
    ("sk-proj-", B64URL, 48),
    ("dop_v1_", HEX, 64),
    ("shpat_", HEX, 32),
    ("sq0atp-", B64URL, 22),
    ("sq0csp-", B64URL, 43),
    ("EAACEdEose0cBA", ALNUM, 60),
    ("ya29.", B64URL, 68),
    ("GOCSPX-", B64URL, 28),
    ("key-", HEX, 32),
    ("SK", HEX, 32),
    ("AC", HEX, 32),
    ("dapi", HEX, 32),
    ("pypi-AgEIcHlwaS5vcmc", B64URL, 70),
    ("lin_api_", ALNUM, 40),
    ("NRAK-", ALNUM[26:52] + DIGITS, 27),
    ("PMAK-", HEX, 24),
    ("hvs.", B64URL, 24),
    ("figd_", B64URL, 40),
    ("dckr_pat_", B64URL, 27),
    ("glsa_", ALNUM, 32),
    ("ATATT3xFfGF0", B64URL, 64),
    ("secret_", ALNUM, 43),
    ("ntn_", ALNUM, 46),
    ("pat", ALNUM, 14),
    ("rzp_live_", ALNUM, 14),
    ("gsk_", ALNUM, 52),
    ("r8_", ALNUM, 37),
    ("pplx-", HEX, 48),
    ("xai-", ALNUM, 80),
    ("tskey-auth-", ALNUM, 17),
    ("LTAI", ALNUM, 20),
)


def _plain_key(r: Random) -> Made:
    head, alphabet, count = r.choice(_PLAIN_KEYS)
    text = head + draw(r, alphabet, count)
    if text[-1] in "-_":
        text = text[:-1] + "a"
    if head == "xoxb-":
        text += f"-{draw(r, DIGITS, 13)}-{draw(r, ALNUM, 24)}"
    elif head == "SG.":
        text += f".{draw(r, ALNUM, 43)}"
    elif head == "PMAK-":
        text += f"-{draw(r, HEX, 34)}"
    elif head == "glsa_":
        text += f"_{draw(r, HEX, 8)}"
    elif head == "pat":
        text += f".{draw(r, HEX, 64)}"
    elif head == "tskey-auth-":
        text += f"-{draw(r, ALNUM, 32)}"
    return Made(text, (text,), f"plain_{head.strip('_-.').lower()}")


def _card(r: Random) -> str:
    body = r.choice("45") + draw(r, "12345", 1) + draw(r, DIGITS, 13)
    number = body + luhn_digit(body)
    mark = r.choice(["", "", " ", "-"])
    return mark.join(number[i : i + 4] for i in range(0, 16, 4))


def _call(r: Random) -> str:
    area, mid, end = f"{r.randint(201, 989)}", f"{r.randint(200, 999)}", draw(r, DIGITS, 4)
    area = area if area[1:] != "11" else "212"
    return r.choice(
        [
            f"+1{area}{mid}{end}",
            f"+1-{area}-{mid}-{end}",
            f"({area}) {mid}-{end}",
            f"{area}-{mid}-{end}",
            f"+44 7{draw(r, DIGITS, 3)} {draw(r, DIGITS, 6)}",
            f"+49 151 {draw(r, DIGITS, 8)}",
            f"+33 6 {' '.join(draw(r, DIGITS, 2) for _ in range(4))}",
            f"+91 9{draw(r, DIGITS, 9)}",
            f"+86 13{draw(r, DIGITS, 9)}",
            f"+61 4{draw(r, DIGITS, 2)} {draw(r, DIGITS, 3)} {draw(r, DIGITS, 3)}",
            f"+81-90-{draw(r, DIGITS, 4)}-{draw(r, DIGITS, 4)}",
            f"+1 ({area}) {mid}-{end} x{draw(r, DIGITS, 3)}",
        ]
    )


HABITS: dict[str, Callable[[Random], str | Made]] = {
    "pw": _password,
    "pw_word": _password_word,
    "pw_digits": _password_digits,
    "pw_phrase": _passphrase,
    "tok": _token,
    "plain_key": _plain_key,
}
"""Credentials as another author draws them."""

LEANINGS: dict[str, Callable[[Random], str | Made]] = {
    "who": _login,
    "mail": _mail,
    "ip4": _quad,
    "ip6": _six,
    "pan": _card,
    "call": _call,
    "person": lambda r: f"{r.choice(_GIVEN).title()} {r.choice(_FAMILY).title()}",
}
"""Persons and machines as another author draws them."""
