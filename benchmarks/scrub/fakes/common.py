"""What most people's fakes look like: the mail hosts, passwords and tokens of everyday telemetry.

Written without a look at the rules, for the wordings `m` and `n`.
"""

import base64
import ipaddress
import json
import uuid
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from benchmarks.scrub.fakes.dice import (
    ALNUM,
    B64URL,
    HEX,
    LOWNUM,
    UPNUM,
    Made,
    b64,
    b64url,
    draw,
    mixed,
)
from benchmarks.scrub.fakes.phones import fill as fill_number

__all__ = ["COMMON_CREDENTIALS", "COMMON_HARMLESS", "COMMON_PERSONAL"]

_FIRST = (
    "alice bob carol dave erin frank grace heidi ivan judy mallory peggy trent victor walter "
    "john jane maria jose li wei priya ahmed fatima sven lars pierre claire giulia marco tomasz "
    "kasia yuki kenji olga sergei chloe emma noah lucas sofia mateo hannah max leon mia"
).split()
_LAST = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez mueller schmidt "
    "fischer weber dupont martin bernard rossi ferrari kowalski nowak tanaka suzuki kim park "
    "nguyen singh kumar silva santos oliveira andersson hansen nielsen doe roe patel khan"
).split()
_MAIL_HOSTS = (
    "gmail.com yahoo.com outlook.com hotmail.com icloud.com protonmail.com example.com "
    "example.org example.net acme-corp.com mail.example.co.uk web.de gmx.net orange.fr libero.it "
    "company.io corp.example.com contoso.com startup.dev uni-heidelberg.de mail.ru qq.com naver.com"
).split()
_IDN_HOSTS = (
    (
        "müller.de münchen.de bücher.de exämple.comköping.se pöstäl.fi zürich-mail.ch café.fr "
        "почта.рф пример.испытание 例子.测试 メール.jp xn--mnchen-3ya.de señor.es"
    )
    .replace("exämple.comköping.se", "exämple.com köping.se")
    .split()
)
_WORDS = (
    "correct horse battery staple dragon monkey shadow sunshine princess football welcome "
    "qwerty letmein winter spring sommer herbst banana cheese tiger falcon"
).split()
_PHONES = (
    "us:+1 (N##) N##-####|+1-N##-N##-####|+1 N##.N##.####|(N##) N##-####|N##-N##-####|N##.N##.####",
    "gb:+44 7### ######|+44 20 7### ####|07### ######|020 7### ####|+44 (0) 7### ######",
    "de:+49 151 ########|+49 30 ########|0151 ########|030/########|+49 (0) 89 ######",
    "fr:+33 6 ## ## ## ##|06 ## ## ## ##|06.##.##.##.##|+33 (0)1 4# ## ## ##|01-4#-##-##-##",
    "es:+34 6## ### ###|6## ### ###|+34 91 ### ## ##",
    "it:+39 3## ### ####|+39 02 ########|3## #######|02 ########",
    "nl:+31 6 ########|06 ########|06-########|+31 (0)20 ### ####",
    "be:+32 4## ## ## ##|04## ## ## ##|+32 2 ### ## ##",
    "ch:+41 7N ### ## ##|07N ### ## ##|044 ### ## ##",
    "at:+43 660 #######|0660 #######|+43 1 #######",
    "se:+46 7# ### ## ##|07#-### ## ##|08-### ### ##",
    "no:+47 4## ## ###|9## ## ###",
    "dk:+45 N# ## ## ##|N# ## ## ##",
    "fi:+358 4# ### ####|04# ### ####",
    "pl:+48 5## ### ###|5## ### ###|+48 22 ### ## ##",
    "pt:+351 9## ### ###|9## ### ###",
    "br:+55 11 9####-####|(11) 9####-####|(21) N###-####",
    "mx:+52 1 55 #### ####|55 #### ####",
    "in:+91 9#########|+91 98### #####|098########|98########",
    "jp:+81 90 #### ####|090-####-####|03-####-####",
    "kr:+82 10 #### ####|010-####-####|02-###-####",
    "cn:+86 13# #### ####|13# #### ####|+86-10-########",
    "au:+61 4## ### ###|04## ### ###|(02) N### ####|+61 2 N### ####",
    "nz:+64 2# ### ####|021 ### ####",
    "za:+27 8# ### ####|08# ### ####",
    "sg:+65 9### ####|+65 6### ####",
    "ru:+7 9## ###-##-##|8 (9##) ###-##-##|+7 (495) ###-##-##",
    "il:+972 5#-###-####|05#-###-####",
    "tr:+90 5## ### ## ##|0 (5##) ### ## ##",
    "ie:+353 8# ### ####|08# ### ####",
)


def _who(r: Random) -> str:
    first, last = r.choice(_FIRST), r.choice(_LAST)
    return r.choice(
        [
            f"{first}.{last}",
            f"{first}.{last}",
            f"{first}{last}",
            f"{first[0]}{last}",
            f"{first}_{last}",
            f"{first}{r.randint(1, 99)}",
            f"{first}-{last}",
            f"{first}{r.randint(1960, 2010)}",
            f"{first}",
        ]
    )


def _mail(r: Random) -> str:
    return f"{_who(r)}@{r.choice(_MAIL_HOSTS)}"


def _mail_plus(r: Random) -> str:
    tag = r.choice(["newsletter", "test", "spam", "aws", "shop", "2024", "alerts", "a1"])
    return f"{_who(r)}+{tag}@{r.choice(_MAIL_HOSTS)}"


def _mail_idn(r: Random) -> str:
    who = r.choice([_who(r), r.choice("josé müller björn françois zoë андрей 用户 søren".split())])
    return f"{who}@{r.choice(_IDN_HOSTS)}"


def _login(r: Random) -> str:
    first, last = r.choice(_FIRST), r.choice(_LAST)
    return r.choice(
        [
            first,
            f"{first[0]}{last}",
            f"{first}.{last}",
            f"{first}_{last}",
            f"{first}{r.randint(1, 99)}",
            f"{last}{first[0]}",
            f"{first}-{last}",
        ]
    )


def _login_mark(r: Random) -> str:
    first, last = r.choice(_FIRST), r.choice(_LAST)
    return r.choice(
        [f"{first[0]}{last}", f"{first}.{last}", f"{first}_{last}", f"{first}{r.randint(1, 99)}"]
    )


def _name(r: Random) -> str:
    return f"{r.choice(_FIRST).title()} {r.choice(_LAST).title()}"


def _public4(r: Random) -> str:
    while True:
        made = ".".join(str(r.randint(1, 223) if i == 0 else r.randint(0, 254)) for i in range(4))
        if ipaddress.IPv4Address(made).is_global:
            return made


def _private4(r: Random) -> str:
    return r.choice(
        [
            f"10.{r.randint(0, 254)}.{r.randint(0, 254)}.{r.randint(1, 254)}",
            f"192.168.{r.randint(0, 254)}.{r.randint(1, 254)}",
            f"172.{r.randint(16, 31)}.{r.randint(0, 254)}.{r.randint(1, 254)}",
        ]
    )


def _six(r: Random) -> str:
    return r.choice(
        [
            f"2001:db8::{r.getrandbits(16):x}",
            f"2001:db8:{r.getrandbits(16):x}:{r.getrandbits(16):x}::{r.randint(1, 255):x}",
            f"2a00:1450:4001:{r.getrandbits(12):x}::200e",
            f"2606:4700:{r.getrandbits(16):x}::{r.getrandbits(16):x}:{r.getrandbits(16):x}",
            str(ipaddress.IPv6Address((0x2001_0DB8 << 96) | r.getrandbits(96))),
            str(ipaddress.IPv6Address((0x2A02_8106 << 96) | r.getrandbits(96))),
            f"fe80::{r.getrandbits(16):x}:{r.getrandbits(16):x}:{r.getrandbits(16):x}:1",
            ipaddress.IPv6Address((0x2A02_8106 << 96) | r.getrandbits(96)).exploded,
            f"fd{draw(r, HEX, 2)}:{draw(r, HEX[1:], 4)}:{draw(r, HEX[1:], 4)}::{r.randint(1, 99)}",
        ]
    )


def _six_zone(r: Random) -> Made:
    address = f"fe80::{draw(r, HEX[1:], 4)}:{draw(r, HEX[1:], 4)}:fe{draw(r, HEX, 2)}:1"
    return Made(f"{address}%{r.choice(['eth0', 'en0', 'wlan0', 'lo0', '12'])}", (address,))


def _six_port(r: Random) -> Made:
    address = _six(r)
    return Made(f"[{address}]:{r.randint(80, 65000)}", (address,))


def _phone(r: Random) -> str:
    _, _, forms = r.choice(_PHONES).partition(":")
    return fill_number(r, r.choice(forms.split("|")))


def _phone_plus(r: Random) -> str:
    made = _phone(r)
    return made if made[0] == "+" else _phone_plus(r)


def _phone_e164(r: Random) -> str:
    return "+" + "".join(c for c in _phone_plus(r).replace("(0)", "") if c.isdigit())


def _pass(r: Random) -> str:
    word, other = r.choice(_WORDS), r.choice(_WORDS)
    return r.choice(
        [
            f"{word.title()}{r.randint(1, 2026)}!",
            f"{word}{r.randint(10, 9999)}",
            f"{word}-{other}-{r.randint(1, 99)}",
            f"P@ss{word}{r.randint(1, 99)}",
            f"{word[:2].title()}0{word[2:]}${r.randint(10, 99)}",
            "hunter2",
            "s3cr3t",
            "changeme123",
            "Tr0ub4dor&3".replace("&", "_"),
            mixed(r, ALNUM, r.randint(8, 16)),
            mixed(r, ALNUM + "_-!.", r.randint(12, 24)),
            f"{word}{other}",
        ]
    )


def _pass_url(r: Random) -> str:
    made = _pass(r)
    return made.replace("@", "%40").replace("$", "%24").replace("!", "%21")


def _pass_hard(r: Random) -> str:
    body = mixed(r, ALNUM, r.randint(8, 14))
    return body[:4] + "".join(r.choices("!@#$%^*?;:,/+=~", k=2)) + body[4:]


def _token(r: Random) -> str:
    return r.choice(
        [
            mixed(r, ALNUM, 32),
            mixed(r, ALNUM, 40),
            mixed(r, HEX, 32),
            mixed(r, HEX, 40),
            mixed(r, HEX, 64),
            b64url(r, 32),
            b64url(r, 24),
            mixed(r, B64URL, 64),
            mixed(r, ALNUM, 24),
            str(uuid.UUID(int=r.getrandbits(128), version=4)),
            b64(r, 32),
        ]
    )


def _token_url(r: Random) -> str:
    return quote(_token(r), safe="")


def _loud(r: Random) -> str:
    """Return a token that its looks alone betray."""
    return "aB3" + mixed(r, ALNUM, r.randint(37, 61))


def _cookie(r: Random) -> str:
    return r.choice(
        [
            mixed(r, LOWNUM, 26),
            mixed(r, UPNUM, 32),
            mixed(r, HEX, 32),
            f"s%3A{mixed(r, B64URL, 32)}.{mixed(r, ALNUM, 43)}",
            b64url(r, 32),
            str(uuid.UUID(int=r.getrandbits(128), version=4)),
            mixed(r, ALNUM, 128),
        ]
    )


def _pair64(r: Random) -> str:
    return base64.b64encode(f"{_login(r)}:{_pass(r)}".encode()).decode()


def _text64(r: Random) -> Made:
    body = r.choice(
        [
            f"user={_login(r)}&password={_pass(r)}",
            json.dumps({"email": _mail(r), "password": _pass(r)}),
            f"Authorization: Bearer {_token(r)}",
            f"contact {_mail(r)} or {_phone_e164(r)}",
            f"postgres://{_login(r)}:{_pass_url(r)}@db.example.com:5432/app",
            f"AWS_SECRET_ACCESS_KEY={mixed(r, ALNUM + '/+', 40)}",
        ]
    )
    text = base64.b64encode(body.encode()).decode()
    return Made(text, (text,))


def _secret_path(r: Random) -> str:
    return mixed(r, ALNUM, r.choice([20, 24, 32, 40]))


COMMON_PERSONAL: dict[str, Callable[[Random], str | Made]] = {
    "inbox": _mail,
    "mail_plus": _mail_plus,
    "mail_idn": _mail_idn,
    "login": _login,
    "login_mark": _login_mark,
    "name": _name,
    "ip": _public4,
    "ip_private": _private4,
    "ip_port": lambda r: (lambda a: Made(f"{a}:{r.randint(80, 65000)}", (a,)))(_public4(r)),
    "six": _six,
    "six_zone": _six_zone,
    "six_port": _six_port,
    "six_mapped": lambda r: f"::ffff:{_public4(r)}",
    "tel": _phone,
    "tel_plus": _phone_plus,
    "tel_e164": _phone_e164,
}
"""Everyday personal slots."""

COMMON_CREDENTIALS: dict[str, Callable[[Random], str | Made]] = {
    "pass": _pass,
    "pass_url": _pass_url,
    "pass_hard": _pass_hard,
    "token": _token,
    "token_url": _token_url,
    "token_loud": _loud,
    "cookie": _cookie,
    "pair64": _pair64,
    "sasl64": lambda r: base64.b64encode(f"\0{_login(r)}\0{_pass(r)}".encode()).decode(),
    "text64": _text64,
    "token_path": _secret_path,
    "b64pass": lambda r: base64.b64encode(_pass(r).encode()).decode(),
    "negotiate": lambda r: "YII" + b64(r, 90),
    "fcm": lambda r: f"{mixed(r, ALNUM, 22)}:APA91b{mixed(r, B64URL, 134)}",
    "hex64s": lambda r: mixed(r, HEX, 64),
    "pin4": lambda r: f"{r.randint(1000, 9999)}",
    "b64tok": lambda r: base64.b64encode(_token(r).encode()).decode(),
    "b64stripe": lambda r: base64.b64encode(f"sk_live_{mixed(r, ALNUM, 24)}:".encode()).decode(),
    "tok43": lambda r: b64url(r, 32),
}
"""Everyday credentials."""

COMMON_HARMLESS: dict[str, Callable[[Random], str]] = {
    "hex8": lambda r: mixed(r, HEX, 8),
    "hash12": lambda r: mixed(r, HEX, 12),
    "uuid_upper": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)).upper(),
    "hex24": lambda r: mixed(r, HEX, 24),
    "hex64": lambda r: mixed(r, HEX, 64),
    "b64_64": lambda r: b64(r, 64),
    "b64_43": lambda r: mixed(r, ALNUM, 43),
    "quadver": lambda r: f"{r.randint(90, 131)}.0.{r.randint(4000, 6800)}.{r.randint(1, 220)}",
}
"""Everyday things that only look like secrets."""
