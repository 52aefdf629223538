"""Values as a third author draws them; every slot starts with `o_`."""

import base64
import ipaddress
import json
import uuid
from collections.abc import Callable, Mapping
from random import Random

from benchmarks.scrub.fakes.dice import ALNUM, B64URL, DIGITS, HEX, LOWER, LOWNUM, UPNUM, Made
from benchmarks.scrub.fakes.dice import b64 as _b64
from benchmarks.scrub.fakes.dice import b64url as _b64url
from benchmarks.scrub.fakes.dice import draw as _draw
from benchmarks.scrub.fakes.dice import mixed as _mixed

__all__ = ["ACCEPTANCE_CREDENTIALS", "ACCEPTANCE_HARMLESS", "ACCEPTANCE_PERSONAL"]

_GIVEN = (
    "aoife bogdan chiara dimitri esther farid gudrun hiroshi imani jolanta kwame leila mateus "
    "nadia oisin priya quentin rosalind svetlana tomasz ursula viktor wanjiru xavier yasmin zoltan"
).split()
_FAMILY = (
    "abernathy bielecki castellano delacroix eriksson fitzgerald grabowski hashimoto ivanenko "
    "jankowski kovacs lindqvist mwangi nakamura okonkwo pettersson quesada ramaswamy stavros "
    "thorvald ueda vasquez whitfield yilmaz zielinski"
).split()
_DOMAINS = (
    "fastmail.fm zoho.eu posteo.de seznam.cz wp.pl bigpond.com.au rediffmail.com uol.com.br "
    "btinternet.com laposte.net telia.se northwind-traders.com contoso.co.uk lumen-labs.io "
    "stu.university.edu acme.dev hospital.nhs.uk finance.gov.sg example.net kiwi.co.nz"
).split()
_IDN = "müllerei.de żubrówka.pl café-noir.fr пример.рф 例え.jp zürichsee.ch smörgås.se".split()


def _luhn(body: str) -> str:
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


def _user(r: Random) -> str:
    given, family = r.choice(_GIVEN), r.choice(_FAMILY)
    return r.choice(
        [f"{given}.{family}", f"{given[0]}{family}", f"{given}_{family[:3]}", f"{given}{family[0]}",
         f"{family}{r.randint(1, 99)}", f"{given}-{family}", f"{given}{r.randint(70, 99)}"]
    )  # fmt: skip


def _email(r: Random) -> str:
    return f"{_user(r)}@{r.choice(_DOMAINS)}"


def _email_plus(r: Random) -> str:
    tag = r.choice(["news", "aws-billing", "2026", "spam", "bank.alerts", "test1"])
    return f"{_user(r)}+{tag}@{r.choice(_DOMAINS)}"


def _email_idn(r: Random) -> str:
    local = r.choice(["josé.garcía", "łukasz", "søren", "user", "info", "björn.åkesson"])
    return f"{local}@{r.choice(_IDN)}"


def _full_name(r: Random) -> Made:
    given, family = r.choice(_GIVEN).title(), r.choice(_FAMILY).title()
    return Made(f"{given} {family}", (family,), "name")


def _ip4(r: Random) -> str:
    first = r.choice([10, 23, 45, 62, 77, 81, 93, 104, 141, 152, 177, 185, 193, 203, 217])
    return f"{first}.{r.randint(11, 254)}.{r.randint(0, 255)}.{r.randint(1, 254)}"


def _ip6(r: Random) -> str:
    top = r.choice(["2001:db8", "2a00:1450", "2606:4700", "2a02:8109", "2400:cb00", "fd12:3456"])
    n = r.choice([1, 2, 2, 3, 6])
    tail = [f"{r.randint(1, 0xFFFF):x}" for _ in range(n)]
    return f"{top}:{':'.join(tail)}" if n == 6 else f"{top}:{tail[0]}::{':'.join(tail[1:]) or '1'}"


def _ip6_full(r: Random) -> str:
    return ipaddress.IPv6Address((0x20010DB8 << 96) | r.getrandbits(96)).exploded


def _ip6_zone(r: Random) -> str:
    zone = r.choice(["eth0", "en0", "wlan0"])
    return f"fe80::{r.randint(1, 65535):x}:{r.randint(1, 65535):x}%{zone}"


def _discord(r: Random) -> str:
    owner = base64.b64encode(_draw(r, DIGITS, 18).encode()).decode()
    return f"{owner}.G{_mixed(r, ALNUM, 5)}.{_mixed(r, B64URL, 38)}"


def _mac(r: Random) -> str:
    pairs = [f"{r.randint(0, 255):02x}" for _ in range(6)]
    pairs[0] = r.choice(["3c", "a4", "f8", "00", "b8", "dc"])
    text = r.choice([":", ":", "-"]).join(pairs)
    return text.upper() if r.random() < 0.4 else text


_PHONES_PLUS = (
    "+1 415 555 01##", "+1-646-55#-0###", "+1 (312) 55#-####", "+44 7700 900###",
    "+44 20 7946 0###", "+49 151 2#######", "+49 30 90######", "+33 6 12 ## ## ##", "+336########",
    "+34 612 ### ###", "+39 347 ### ####", "+31 6 1#######", "+46 70 ### ## ##", "+47 9## ## ###",
    "+48 60# ### ###", "+351 91# ### ###", "+353 86 ### ####", "+41 79 ### ## ##",
    "+43 664 ### ####", "+32 47# ## ## ##", "+91 98### #####", "+81 90-####-####",
    "+86 138 #### ####", "+61 4## ### ###", "+55 11 9####-####", "+52 55 #### ####",
    "+27 82 ### ####", "+234 803 ### ####", "+7 916 ###-##-##", "+82 10-####-####", "+65 9### ####",
    "+971 50 ### ####", "+90 532 ### ## ##", "+1415555####", "+447700900###", "+4915########",
)  # fmt: skip
_PHONES_BARE = (
    "(415) 555-####", "312-555-####", "07700 900###", "020 7946 0###", "0151 2#######",
    "06 12 ## ## ##", "0612######", "612 ### ###", "347 ### ####", "070-### ## ##",
    "098### #####", "090-####-####", "0412 ### ###", "(11) 9####-####", "646.555.####",
)  # fmt: skip


def _hashes(r: Random, shape: str) -> str:
    return "".join(r.choice("23456789") if c == "#" else c for c in shape)


def _card_digits(r: Random) -> str:
    prefix, size = r.choice(
        [("4532", 16), ("4916", 16), ("5425", 16), ("5105", 16), ("2223", 16), ("3782", 15),
         ("6011", 16), ("3530", 16)]
    )  # fmt: skip
    body = prefix + _draw(r, DIGITS, size - len(prefix) - 1)
    return body + _luhn(body)


def _card(r: Random) -> str:
    digits, sep = _card_digits(r), r.choice([" ", "-", ""])
    if len(digits) == 15:
        return sep.join((digits[:4], digits[4:10], digits[10:]))
    return sep.join(digits[i : i + 4] for i in range(0, 16, 4))


def _iban(r: Random) -> str:
    country, size, has_bank = r.choice(
        [("DE", 18, 0), ("FR", 23, 0), ("ES", 20, 0), ("GB", 18, 4), ("NL", 14, 4), ("PL", 24, 0),
         ("CH", 17, 0), ("SE", 20, 0), ("PT", 21, 0), ("BE", 12, 0), ("AT", 16, 0), ("IE", 18, 4)]
    )  # fmt: skip
    bank = r.choice(["BARC", "ABNA", "INGB", "LOYD"]) if has_bank else ""
    body = bank + _draw(r, DIGITS, size - has_bank)
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    text = f"{country}{98 - number % 97:02d}{body}"
    if r.random() < 0.5:
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
    return text


def _ssn(r: Random) -> str:
    return f"{r.randint(101, 665)}-{r.randint(11, 99)}-{r.randint(1001, 9999)}"


def _nino(r: Random) -> str:
    d = _draw(r, DIGITS, 6)
    pair, last = r.choice(["AB", "CE", "JK", "PW", "SR"]), r.choice("ABCD")
    return r.choice([f"{pair}{d}{last}", f"{pair} {d[:2]} {d[2:4]} {d[4:]} {last}"])


def _dni(r: Random) -> str:
    n = r.randint(10**7, 10**8 - 1)
    return f"{n}{'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}"


def _nir(r: Random) -> str:
    body = (
        f"{r.choice('12')}{r.randint(50, 99)}{r.randint(1, 12):02d}{r.randint(1, 95):02d}"
        f"{r.randint(1, 899):03d}{r.randint(1, 999):03d}"
    )
    key = f"{97 - int(body) % 97:02d}"
    if r.random() < 0.5:
        return body + key
    b = body
    return f"{b[0]} {b[1:3]} {b[3:5]} {b[5:7]} {b[7:10]} {b[10:13]} {key}"


def _cpf(r: Random) -> str:
    d = [r.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        d.append((sum(x * (len(d) + 1 - i) for i, x in enumerate(d)) * 10) % 11 % 10)
    t = "".join(map(str, d))
    return f"{t[:3]}.{t[3:6]}.{t[6:9]}-{t[9:]}"


def _pesel(r: Random) -> str:
    t = f"{r.randint(50, 99)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}{r.randint(0, 9999):04d}"
    total = sum(int(c) * w for c, w in zip(t, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return t + str(-total % 10)


_D = (
    "0123456789 1234067895 2340178956 3401289567 4012395678 "
    "5987604321 6598710432 7659821043 8765932104 9876543210"
).split()
_P = (
    "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258"
).split()


def _aadhaar(r: Random) -> str:
    body = r.choice("23456789") + _draw(r, DIGITS, 10)
    for last in DIGITS:
        c = 0
        for i, d in enumerate(reversed(body + last)):
            c = int(_D[c][int(_P[i % 8][int(d)])])
        if c == 0:
            break
    t = body + last
    return f"{t[:4]} {t[4:8]} {t[8:]}"


def _personnummer(r: Random) -> str:
    t = f"{r.randint(50, 99)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}{r.randint(100, 989):03d}"
    return f"{r.choice(['19', ''])}{t[:6]}-{t[6:]}{_luhn(t)}"


def _sin(r: Random) -> str:
    t = r.choice("1234567") + _draw(r, DIGITS, 7)
    t += _luhn(t)
    return f"{t[:3]}{(s := r.choice(' -'))}{t[3:6]}{s}{t[6:]}"


def _bsn(r: Random) -> str:
    while True:
        t = r.choice("1234") + _draw(r, DIGITS, 7)
        last = sum(int(c) * w for c, w in zip(t, range(9, 1, -1), strict=True)) % 11
        if last < 10:
            return f"{t}{last}"


_ODD_WORTH = (
    "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"
)
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        map(int, _ODD_WORTH.split()),
        strict=True,
    )
)


def _codice(r: Random) -> str:
    t = (
        _draw(r, "BCDFGLMNPRST", 6)
        + f"{r.randint(50, 99)}{r.choice('ABCDEHLMPRST')}{r.randint(1, 28):02d}"
        + f"{r.choice('FHLDGA')}{r.randint(100, 899)}"
    )
    total = sum(
        _ODD[c] if i % 2 == 0 else (int(c) if c.isdigit() else ord(c) - 65) for i, c in enumerate(t)
    )
    return t + chr(65 + total % 26)


def _home_user(r: Random) -> str:
    return r.choice([f"{r.choice(_GIVEN)[0]}{r.choice(_FAMILY)}", r.choice(_GIVEN), _user(r)])


def _plain(make: Callable[[Random], str], entity: str) -> Callable[[Random], Made]:
    def made(r: Random) -> Made:
        text = make(r)
        return Made(text, (text,), entity)

    return made


def _phone(r: Random) -> str:
    return _hashes(r, r.choice(_PHONES_PLUS))


def _phone_bare(r: Random) -> str:
    return _hashes(r, r.choice(_PHONES_BARE))


_PERSONAL_TEXT: Mapping[str, Callable[[Random], str]] = {
    "o_user": _user, "o_email": _email, "o_emailplus": _email_plus, "o_emailidn": _email_idn,
    "o_ip4": _ip4, "o_ip6": _ip6, "o_ip6full": _ip6_full,
    "o_ip6mapped": lambda r: f"::ffff:{_ip4(r)}",
    "o_ip6zone": _ip6_zone,
    "o_mac": _mac, "o_phone": _phone, "o_phonebare": _phone_bare, "o_card": _card,
    "o_carddigits": _card_digits, "o_iban": _iban, "o_ssn": _ssn, "o_nino": _nino, "o_dni": _dni,
    "o_nir": _nir, "o_cpf": _cpf, "o_pesel": _pesel, "o_aadhaar": _aadhaar,
    "o_personnummer": _personnummer, "o_sin": _sin, "o_bsn": _bsn, "o_codice": _codice,
    "o_home": _home_user, "o_given": lambda r: r.choice(_GIVEN).title(),
    "o_family": lambda r: r.choice(_FAMILY).title(),
}  # fmt: skip
ACCEPTANCE_PERSONAL: Mapping[str, Callable[[Random], str | Made]] = {
    **{slot: _plain(make, slot[2:]) for slot, make in _PERSONAL_TEXT.items()},
    "o_name": _full_name,
}

_FORMATS = (
    "AKIA:B16", "ASIA:B16", "ghp_:a36", "gho_:a36", "ghs_:a36", "ghr_:a36", "ghu_:a36",
    "github_pat_:a22 _:a59", "glpat-:u20", "glrt-:u20", "gldt-:u20", "glptt-:h40",
    "xoxb-:d12 -:d13 -:a24", "xoxp-:d12 -:d12 -:d13 -:h32", "xapp-1-A:U10 -:d13 -:h64",
    "sk_live_:a24", "sk_live_:a99", "sk_test_:a24", "rk_live_:a24", "whsec_:a32", "SG.:u22 .:u43",
    "key-:h32", "AIza:u35", "GOCSPX-:u28", "ya29.a0Af:u120", "npm_:a36",
    "pypi-AgEIcHlwaS5vcmc:u150", "hf_:l34", "sk-proj-:u48", "sk-ant-api03-:u93 AA", "sk-:a48",
    "dop_v1_:h64", "shpat_:h32", "shpss_:h32", "shpca_:h32", "sq0atp-:u22", "sq0csp-:u43",
    "dapi:h32", "lin_api_:a40", "ntn_:a46", "figd_:u40", "pscale_tkn_:u43", "pscale_pw_:u43",
    "PMAK-:h24 -:h34", "NRAK-:U27", "glsa_:a32 _:h8", "glc_eyJ:a60", "hvs.:u92", "hvb.:u138",
    "dp.pt.:a43", "dp.st.prd.:a40", "AGE-SECRET-KEY-1:G58", "pul-:h40", "sntryu_:h64",
    "ATATT3xFfGF0:u170", "ATBB:a32", "dckr_pat_:u27", "rubygems_:h48", "oy2:k43", "CLOJARS_:k60",
    "AKCp:a69", "sqp_:h40", "squ_:h40", "bkua_:h40", "CCIPAT_:a22 _:h40", "sbp_:h40", "nfp_:a36",
    "dt0c01.:U24 .:U64", "EZAK:a54", "tskey-auth-:a17 -:a32", "CFPAT-:u43", "xkeysib-:h64 -:a16",
    "shippo_live_:h40", "LTAI5t:a18", "AKID:a32", "gsk_:a52", "pplx-:a48", "r8_:a37", "xai-:a80",
    "nvapi-:u64", "re_:a8 _:a24", "phx_:a43", "duffel_live_:u43", "rdme_:k70", "tfp_:u44 _:u14",
    "FLWSECK-:h32 -X", "sdk-:g", "access-production-:g", "secret_:a43", "hvs.CAES:u90",
    "vercel_blob_rw_:a16 _:a30", "SK:h32", "HRKU-:g", "EAAG:a120",
    "lsv2_pt_:h32 _:h10", "sk-or-v1-:h64", "pat-na1-:g", "ops_eyJ:a200", "doo_v1_:h64",
)  # fmt: skip
_ALPHABETS = {
    "a": ALNUM, "l": ALNUM[:52], "u": B64URL, "h": HEX, "d": DIGITS, "k": LOWNUM, "U": UPNUM,
    "B": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "G": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}  # fmt: skip


def _format(r: Random, shape: str) -> str:
    out = ""
    for bit in shape.split(" "):
        lead, _, spec = bit.rpartition(":")
        if not lead:
            out += spec
        elif spec == "g":
            out += lead + str(uuid.UUID(int=r.getrandbits(128), version=4))
        else:
            size = int(spec[1:])
            draw = _mixed if spec[0] not in "dl" else _draw
            out += lead + draw(r, _ALPHABETS[spec[0]], size)
    return out


def _key(r: Random) -> Made:
    shape = r.choice(_FORMATS)
    text = _format(r, shape)
    return Made(text, (text,), "key " + shape.split(":")[0])


def _special_key(r: Random) -> Made:
    name, text = r.choice([
        ("azure_ad", f"{_draw(r, ALNUM, 3)}8Q~{_mixed(r, B64URL, 34)}"),
        ("telegram", f"{r.randint(10**8, 10**10 - 1)}:AA{_mixed(r, B64URL, 33)}"),
        ("discord", _discord(r)),
        ("airtable", f"pat{_mixed(r, ALNUM, 14)}.{_mixed(r, HEX, 64)}"),
        ("terraform", f"{_mixed(r, ALNUM, 14)}.atlasv1.{_mixed(r, B64URL, 67)}"),
        ("mailchimp", f"{_mixed(r, HEX, 32)}-us{r.randint(1, 21)}"),
        ("flyio", f"FlyV1 fm2_{_b64(r, 90)}"),
    ])  # fmt: skip
    return Made(text, (text,), "key " + name)


def _jwt(r: Random) -> str:
    head = json.dumps({"alg": r.choice(["RS256", "HS512", "ES256"]), "kid": _draw(r, LOWNUM, 8)})
    body = json.dumps(
        {"sub": _user(r), "iat": 1763900000 + r.randint(0, 99999), "scope": "read:orders"}
    )

    def enc(t: str) -> str:
        return base64.urlsafe_b64encode(t.encode()).decode().rstrip("=")

    return f"{enc(head)}.{enc(body)}.{_b64url(r, r.choice([32, 64, 256]))}"


_PWD_WORDS = "Winter Sommer Juventus Panda Rainbow Mango Falcon Copper Velvet Maple".split()


def _pwd(r: Random) -> str:
    word = r.choice(_PWD_WORDS)
    return r.choice([
        f"{word}{r.randint(2019, 2026)}!", f"{word.lower()}#{r.randint(10, 99)}",
        _mixed(r, ALNUM, r.randint(10, 24)), f"{word}-{r.choice(_PWD_WORDS)}-{r.randint(10, 99)}",
        f"{_mixed(r, ALNUM, 8)}${_mixed(r, ALNUM, 5)}",
        f"x{_mixed(r, ALNUM, 6)}!{_draw(r, LOWER, 4)}",
    ])  # fmt: skip


def _urlpwd(r: Random) -> str:
    return r.choice([_mixed(r, ALNUM, r.randint(8, 20)),
                     f"{r.choice(_PWD_WORDS)}{r.randint(10, 999)}!",
                     f"{_mixed(r, ALNUM, 6)}-{_mixed(r, ALNUM, 6)}"])  # fmt: skip


def _sid(r: Random) -> str:
    return r.choice([
        _mixed(r, LOWNUM, 26), _mixed(r, HEX, 32).upper(), _mixed(r, B64URL, 43),
        f"s%3A{_mixed(r, ALNUM, 32)}.{_mixed(r, ALNUM, 43)}", _mixed(r, ALNUM, 22),
        str(uuid.UUID(int=r.getrandbits(128), version=4)),
    ])  # fmt: skip


def _opaque(r: Random) -> str:
    return r.choice([_mixed(r, ALNUM, r.randint(28, 48)), _mixed(r, B64URL, r.randint(30, 64)),
                     _mixed(r, HEX, 40), _mixed(r, HEX, 64)])  # fmt: skip


def _entropy(r: Random) -> str:
    return _mixed(r, ALNUM, r.randint(36, 56))


def _basic(r: Random) -> str:
    return base64.b64encode(f"{_user(r)}:{_pwd(r)}".encode()).decode()


def _armour(r: Random, name: str, nl: str, first: str, is_cut: bool) -> Made:
    raw = first + _b64(r, r.choice([200, 400, 600]))
    lines = [raw[i : i + 64] for i in range(0, len(raw), 64)]
    if is_cut:
        lines = lines[:4]
    end = "" if is_cut else f"{nl}-----END {name}-----"
    gap = nl + nl if "PGP" in name else nl
    return Made(f"-----BEGIN {name}-----{gap}{nl.join(lines)}{end}", tuple(lines[:4]))


_PEM = ("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY")


def _secret_text(r: Random) -> Made:
    text = r.choice([
        f'{{"user":"{_email(r)}","password":"{_pwd(r)}"}}',
        f"username={_user(r)}&password={_pwd(r)}",
        f"Authorization: Bearer {_opaque(r)}", f"db_password: {_pwd(r)}\napi_key: {_opaque(r)}",
    ])  # fmt: skip
    blob = base64.b64encode(text.encode()).decode()
    return Made(blob, (blob[len(blob) // 2 :],))


def _webhook(r: Random) -> Made:
    end = r.choice([
        (f"hooks.slack.com/services/T{_draw(r, UPNUM, 9)}/B{_draw(r, UPNUM, 10)}"
        f"/{_mixed(r, ALNUM, 24)}"),
        f"discord.com/api/webhooks/{_draw(r, '123456789', 18)}/{_mixed(r, B64URL, 68)}",
    ])  # fmt: skip
    return Made("https://" + end, (end.rsplit("/", 1)[1],))


_CREDENTIAL_TEXT: Mapping[str, Callable[[Random], str]] = {
    "o_jwt": _jwt, "o_pwd": _pwd, "o_urlpwd": _urlpwd, "o_sid": _sid, "o_opaque": _opaque,
    "o_entropy": _entropy, "o_basic": _basic, "o_azurekey": lambda r: _b64(r, 64),
    "o_awssecret": lambda r: _b64(r, 30), "o_hex32": lambda r: _mixed(r, HEX, 32),
    "o_awsid": lambda r: "AKIA" + _mixed(r, UPNUM, 16),
    "o_telegram": lambda r: f"{r.randint(10**8, 10**10 - 1)}:AA{_mixed(r, B64URL, 33)}",
    "o_otp": lambda r: _draw(r, "123456789", 6), "o_sig": lambda r: _b64(r, 32),
}  # fmt: skip
ACCEPTANCE_CREDENTIALS: Mapping[str, Callable[[Random], str | Made]] = {
    **{slot: _plain(make, slot[2:]) for slot, make in _CREDENTIAL_TEXT.items()},
    "o_key": _key, "o_key2": _special_key, "o_b64text": _secret_text, "o_webhook": _webhook,
    "o_pem": lambda r: _armour(r, r.choice(_PEM), "\n", "MII", False),
    "o_pemcut": lambda r: _armour(r, r.choice(_PEM), "\n", "MII", True),
    "o_pemjson": lambda r: _armour(r, r.choice(_PEM), "\\n", "MII", False),
    "o_pemjsoncut": lambda r: _armour(r, r.choice(_PEM), "\\n", "MII", True),
    "o_openssh": lambda r: _armour(r, "OPENSSH PRIVATE KEY", "\n", "b3BlbnNzaC1rZXktdjE", False),
    "o_pgp": lambda r: _armour(r, "PGP PRIVATE KEY BLOCK", "\n", "lQdGB", False),
}  # fmt: skip


_SERVICES = ("checkout billing-api ledger inventory-svc notifier edge-proxy search").split()
_HOSTS = (
    "api.brightmill.co.uk app.tidewater.io shop.acme.example gw.internal.acme.example"
).split()
_CLASSES = ("OrderService PaymentGatewayClient UserSessionStore TokenBucketLimiter").split()


def _uuid(r: Random) -> str:
    return str(uuid.UUID(int=r.getrandbits(128), version=4))


def _moment(r: Random) -> str:
    day = f"2026-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}"
    clock = f"{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}"
    return f"{day}T{clock}.{r.randint(0, 999):03d}Z"


def _pod(r: Random) -> str:
    name = r.choice(["checkout", "ledger", "search"])
    return f"{name}-{_mixed(r, 'bcdf456789', 10)}-{_mixed(r, 'bcdfghjk2456789', 5)}"


ACCEPTANCE_HARMLESS: Mapping[str, Callable[[Random], str]] = {
    "o_trace": lambda r: _mixed(r, HEX, 32), "o_span": lambda r: _mixed(r, HEX, 16),
    "o_sha": lambda r: _mixed(r, HEX, 40),
    "o_shashort": lambda r: _mixed(r, HEX, r.choice([7, 8, 12])),
    "o_sha256": lambda r: _mixed(r, HEX, 64), "o_md5": lambda r: _mixed(r, HEX, 32),
    "o_sri": lambda r: "sha384-" + _b64(r, 48), "o_uuid": _uuid,
    "o_ver": lambda r: f"{r.randint(0, 30)}.{r.randint(0, 40)}.{r.randint(0, 20)}",
    "o_ver4": lambda r: f"{r.randint(90, 140)}.0.{r.randint(4000, 7000)}.{r.randint(10, 200)}",
    "o_ts": _moment,
    "o_epoch": lambda r: str(1760000000 + r.randint(0, 9**8)),
    "o_epochms": lambda r: str(1760000000000 + r.randint(0, 9**11)),
    "o_n": lambda r: str(r.randint(2, 9999)), "o_ms": lambda r: f"{r.randint(1, 4000)}ms",
    "o_size": lambda r: f"{r.randint(1, 900)}.{r.randint(0, 9)} {r.choice(['KB', 'MB', 'GiB'])}",
    "o_hexcolor": lambda r: "#" + _mixed(r, HEX, 6),
    "o_order": lambda r: f"{r.choice(['ORD', 'INV', 'PO', 'SHP'])}-{r.randint(10**5, 10**8)}",
    "o_bigint": lambda r: str(r.randint(10**9, 10**11)),
    "o_svc": lambda r: r.choice(_SERVICES),
    "o_host": lambda r: r.choice(_HOSTS),
    "o_pid": lambda r: str(r.randint(100, 65000)),
    "o_cls": lambda r: r.choice(_CLASSES),
    "o_pod": _pod,
}  # fmt: skip
