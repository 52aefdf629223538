"""Rows drawn from the specifications of formats: what goes in, and what must come out.

RFC 5321, 4291, 7519, 7617, 6265, 3986, ISO 7812, 13616 and what providers say of their keys. What
must come out is known from how a row is made, never asked of the scrubber.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

__all__ = ["Row", "rows"]

ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HEX = "0123456789abcdef"

Row = tuple[str, str]
Draw = Callable[[random.Random], str]


def _signs(r: random.Random, count: int, of: str = ALNUM) -> str:
    """Return `count` drawn signs with a digit, a capital and a small letter among them."""
    drawn = [r.choice(of) for _ in range(count)]
    for place, kind in enumerate((ALNUM[52:], ALNUM[:26], ALNUM[26:52])):
        fitting = [sign for sign in kind if sign in of]
        if fitting and not any(sign in kind for sign in drawn):
            drawn[place] = r.choice(fitting)
    return "".join(drawn)


def _name(r: random.Random) -> str:
    return r.choice(["anna", "boris", "celine", "dmitri", "elif", "farouk", "greta", "hiro"])


def _digits(r: random.Random, count: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(count))


def _with_luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def _email(r: random.Random) -> str:
    local = r.choice(["{a}", "{a}.{b}", "{a}_{b}", "{a}+{n}", "{a}-{b}{n}", "müller.{a}"])
    host = r.choice(["example.org", "mail.example.co.uk", "exämple.de", "a.example"])
    return f"{local.format(a=_name(r), b=_name(r), n=r.randrange(99))}@{host}"


def _ipv4(r: random.Random) -> str:
    net = r.choice(["192.0.2", "198.51.100", "203.0.113", "81.2.69", "93.184.216"])
    return f"{net}.{r.randrange(1, 255)}"


def _ipv6(r: random.Random) -> str:
    group = "".join(r.choice(HEX) for _ in range(4))
    shapes = [
        f"2001:db8:{group}::{r.randrange(1, 9)}",
        f"2001:0db8:85a3:0000:0000:8a2e:{group}:7334",
        f"fe80::{r.randrange(1, 9)}ff:fe23:{group}:890a",
        f"fd00:{group}::1",
        f"::ffff:{_ipv4(r)}",
    ]
    return r.choice(shapes)


def _mac(r: random.Random) -> str:
    pairs = ["0" + r.choice("26ae"), *("".join(r.choices(HEX, k=2)) for _ in range(5))]
    flat = "".join(pairs)
    dotted = ".".join((flat[:4], flat[4:8], flat[8:]))
    return r.choice([":".join(pairs), "-".join(pairs).upper(), dotted])


def _card(r: random.Random) -> str:
    brands = [("4", 16), ("53", 16), ("2300", 16), ("37", 15), ("6011", 16), ("3566", 16)]
    prefix, length = r.choice(brands)
    number = _with_luhn(prefix + _digits(r, length - len(prefix) - 1))
    joint = r.choice(["", " ", "-"])
    if length == 15:
        return joint.join((number[:4], number[4:10], number[10:]))
    return joint.join(number[i : i + 4] for i in range(0, 16, 4))


def _iban(r: random.Random) -> str:
    lengths = [("DE", 22), ("FR", 27), ("ES", 24), ("NL", 18), ("BE", 16), ("AT", 20)]
    country, length = r.choice(lengths)
    bban = _digits(r, length - 4)
    if country == "NL":
        bban = "ABNA" + bban[4:]
    value = int("".join(str(int(sign, 36)) for sign in bban + country + "00"))
    whole = f"{country}{98 - value % 97:02d}{bban}"
    return r.choice([whole, " ".join(whole[i : i + 4] for i in range(0, length, 4))])


PHONES = [
    "+1 415 55N NNNN", "+1-202-55N-NNNN", "(415) 55N-NNNN", "+44 20 7946 0NNN", "020 7946 0NNN",
    "+49 30 90NNNNN", "0151-234NNNNN", "+33 1 4N NN NN NN", "06 1N NN NN NN", "+34 612 3N NN NN",
    "+39 06 12NN NNNN", "+31 6 123NNNNN", "+46 70-12N NN NN", "+48 501 23N NNN", "+61 412 34N NNN",
    "(02) 9374 4NNN", "+81 3-12NN-NNNN", "090-12NN-NNNN", "+55 11 91NNN-NNNN", "+91 98765 4NNNN",
    "+86 138 0013 8NNN", "+82 10-12NN-NNNN", "+27 82 12N NNNN", "+7 (912) 34N-NN-NN",
]  # fmt: skip


def _phone(r: random.Random) -> str:
    return "".join(r.choice(HEX[:10]) if sign == "N" else sign for sign in r.choice(PHONES))


def _ssn(r: random.Random) -> str:
    return f"{r.randrange(100, 650)}-{r.randrange(1, 99):02d}-{r.randrange(1, 9999):04d}"


def _jwt(r: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'sub': _digits(r, 8)})}.{_signs(r, 43)}"


def _password(r: random.Random) -> str:
    return _name(r).capitalize() + _digits(r, 4) + r.choice(["", "!", "#"]) + _signs(r, 3)


def _token(r: random.Random) -> str:
    return _signs(r, 24)


def _user(r: random.Random) -> str:
    return _name(r) + _digits(r, 2)


PERSONAL: dict[str, Draw] = {
    "[email]": _email, "[ip]": lambda r: r.choice([_ipv4, _ipv6])(r), "[mac]": _mac,
    "[card]": _card, "[iban]": _iban, "[phone]": _phone, "[ssn]": _ssn, "[jwt]": _jwt,
}  # fmt: skip

KEYS: list[tuple[str, Draw]] = [
    ("[key]", lambda r: "AKIA" + _signs(r, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
    ("[key]", lambda r: "AIza" + _signs(r, 35)),
    ("[key]", lambda r: r.choice(["ghp_", "gho_", "ghs_"]) + _signs(r, 36)),
    ("[key]", lambda r: f"github_pat_{_signs(r, 22)}_{_signs(r, 59)}"),
    ("[key]", lambda r: "glpat-" + _signs(r, 20)),
    ("[token]", lambda r: f"xoxb-{_digits(r, 12)}-{_digits(r, 13)}-{_signs(r, 24)}"),
    ("[key]", lambda r: r.choice(["sk_live_", "rk_live_", "sk_test_"]) + _signs(r, 24)),
    ("[key]", lambda r: "SK" + _signs(r, 32, HEX)),
    ("[key]", lambda r: f"SG.{_signs(r, 22)}.{_signs(r, 43)}"),
    ("[key]", lambda r: "npm_" + _signs(r, 36)),
    ("[key]", lambda r: "pypi-AgEIcHlwaS5vcmc" + _signs(r, 70)),
    ("[key]", lambda r: "sk-proj-" + _signs(r, 48)),
    ("[key]", lambda r: f"sk-ant-api03-{_signs(r, 93)}AA"),
    ("[key]", lambda r: "hf_" + _signs(r, 34)),
    ("[key]", lambda r: "dop_v1_" + _signs(r, 64, HEX)),
    ("[key]", lambda r: "dapi" + _signs(r, 32, HEX)),
    ("[key]", lambda r: "dckr_pat_" + _signs(r, 27)),
    ("[key]", lambda r: "shpat_" + _signs(r, 32, HEX)),
    ("[key]", lambda r: "lin_api_" + _signs(r, 40)),
    ("[key]", lambda r: "figd_" + _signs(r, 40)),
    ("[key]", lambda r: "NRAK-" + _signs(r, 27, ALNUM[:26] + HEX[:10])),
    ("[key]", lambda r: f"glsa_{_signs(r, 32)}_{_signs(r, 8, HEX)}"),
    ("[key]", lambda r: "key-" + _signs(r, 32, HEX)),
    ("[key]", lambda r: f"xkeysib-{_signs(r, 64, HEX)}-{_signs(r, 16)}"),
    ("[token]", lambda r: "hvs." + _signs(r, 90)),
    ("[token]", lambda r: f"{_digits(r, 9)}:AA{_signs(r, 33)}"),
    ("[key]", lambda r: "sq0atp-" + _signs(r, 22)),
    ("[key]", lambda r: f"PMAK-{_signs(r, 24, HEX)}-{_signs(r, 34, HEX)}"),
    ("[key]", lambda r: "rubygems_" + _signs(r, 48, HEX)),
    ("[key]", lambda r: "sbp_" + _signs(r, 40, HEX)),
]

AROUND = [
    "rejected {} at the door", "got {}, then stopped", "[worker-3] value={} retry=2", "saw {}",
    "{}", "line 12: ({})", "at 2026-11-23T12:18:01Z from <{}>", "über {} nach Süden",
    '{{"note": "{}", "n": 3}}', "GET /x status=200 id=4bf92f3577b34da6a3ce929d0e0e4736 {}",
]  # fmt: skip

NAMED: list[tuple[str, str, Draw]] = [
    ("password={}", "[secret]", _password), ("pwd: {}", "[secret]", _password),
    ("DB_PASSWORD={} DB_HOST=db", "[secret]", _password),
    ('"password": "{}"', "[secret]", _password),
    ("--password {} --verbose", "[secret]", _password), ("passwd='{}'", "[secret]", _password),
    ("<password>{}</password>", "[secret]", _password),
    ("client_secret={}&x=1", "[secret]", _password),
    ("Server=db;User Id=sa;Password={};", "[secret]", _password),
    ("('password', '{}')", "[secret]", _password), ("secret => '{}'", "[secret]", _password),
    ("api_key={}", "[key]", _token), ("X-Api-Key: {}", "[key]", _token),
    ("?access_token={}&n=1", "[token]", _token), ("Authorization: Bearer {}", "[token]", _token),
    ("authorization: token {}", "[token]", _token),
    ("Cookie: sessionid={}; theme=dark", "[cookie]", _token),
    ("Set-Cookie: sid={}; Path=/; HttpOnly", "[cookie]", _token),
    ("session_id={}", "[session]", _token), ("csrf_token: {}", "[token]", _token),
    ("first_name={} age=3", "[name]", lambda r: _name(r).capitalize()),
    ("dob={}", "[date]", lambda r: f"19{_digits(r, 2)}-02-03"), ("username={}", "[user]", _user),
    ("cvv={}", "[secret]", lambda r: _digits(r, 3)),
    ("otp: {}", "[secret]", lambda r: _digits(r, 6)),
    ("phone: {}", "[phone]", lambda r: "55" + _digits(r, 8)),
    ("WHERE username = '{}' AND x = 1", "[user]", _user),
    ("UPDATE users SET password = '{}'", "[secret]", _password),
    ("user '{}' logged in", "[user]", _name), ("/home/{}/app/main.py", "[user]", _name),
    ("C:\\Users\\{}\\Desktop", "[user]", _name), ("/Users/{}/dev", "[user]", _name),
    ("redis://:{}@cache:6379/0", "[secret]", _token),
    ("Failed password for invalid user {} from here", "[user]", _user),
]  # fmt: skip

CLEAN = [
    "trace_id={h32} span_id={h16}", "commit {h40}", "sha256:{h64}", "event {h32} stored",
    "traceparent: 00-{h32}-{h16}-01", "build {u} of version {v}", "upgraded from {v}.1 to {v}.2",
    "Chrome/{n3}.0.0.0 Safari/537.36", "took {n3}.{n2} ms, {n7} bytes", "at {t} {t}{n3}",
    "order {n9} shipped", "order number {n6}{n6}{n4}", "GET /users/{n5}/orders/{n7} 200",
    "token_count={n3} max_tokens={n4}", "password reset requested for order {n5}",
    "color #{h6} on #{h6}", "page {n2} of {n4}", "pod web-{h9}-x2x7p restarted", 'etag: "{h32}"',
    "std::vector at 0x{h12}", "{n2}:30:01.{n3} tick", "node v{v}", 'W/"{h8}-{h8}"',
    "user not found after {n3} tries", "Basic plan {n2} seats", "session_count={n2}",
    "chunk main.{h8}.js {n3} KiB", "listening on 0.0.0.0:{n4}", "GET /home/dashboard?tab={n2}",
    "getUserByIdV{n2}AndName()", "kafka offset {n9}{n3} lag {n2}", "migration {t}_add_users",
    "has_password=true x{n2}", "key=value-{n3}", "monitoring {n7} rows", "hotel {n8}: full",
    "string: {n9}", "called about case {n7}", "00:09:53 +0000 UTC m=+{n2}.{n9} start",
    "29-Nov-23 03.58.53.{n6} PM", "user@{n4}.service: done", "@acme/ui@{v}.dev{n2}",
    "--b1_{h32}", "aabb.{n4}.eeff.{n4}", "phone=[phone] n={t}{n3} end",
]  # fmt: skip


def _filled(r: random.Random, shape: str) -> str:
    """Return `shape` with drawn hex (`h8`), numbers (`n3`), a time, a version, a UUID."""
    while "{" in shape:
        start, end = shape.index("{"), shape.index("}")
        name = shape[start + 1 : end]
        if name == "v":
            drawn = f"{r.randrange(9)}.{r.randrange(40)}.{r.randrange(90)}"
        elif name == "u":
            whole = _signs(r, 32, HEX)
            drawn = "-".join((whole[:8], whole[8:12], whole[12:16], whole[16:20], whole[20:]))
        elif name == "t":
            drawn = f"17{_digits(r, 8)}"
        elif name[0] == "h":
            drawn = _signs(r, int(name[1:]), HEX)
        else:
            drawn = "1" + _digits(r, int(name[1:]) - 1)
        shape = shape[:start] + drawn + shape[end + 1 :]
    return shape


def _encodings(text: str) -> Iterator[str]:
    yield quote(text, safe="")
    yield quote(quote(text, safe=""), safe="")
    yield "".join(sign if sign.isalnum() else f"\\u{ord(sign):04x}" for sign in text)


def rows(seed: int) -> Iterator[Row]:
    """Yield some 2,000 rows."""
    r = random.Random(seed)
    for marker, draw in PERSONAL.items():
        for around in AROUND * 6:
            yield around.format(draw(r)), around.format(marker)
    for marker, draw in KEYS:
        for around in (AROUND[0], AROUND[2], AROUND[4], AROUND[8], AROUND[9]) * 3:
            yield around.format(draw(r)), around.format(marker)
    for around, marker, draw in NAMED:
        for number in range(12):
            said, left = around.format(draw(r)), around.format(marker)
            yield said, left
            if number < 4 and "\\" not in said:
                inner, outer = json.dumps({"m": said}), json.dumps({"m": left})
                yield json.dumps({"body": inner}), json.dumps({"body": outer})
    for _ in range(40):
        for encoded in _encodings(_email(r)):
            yield f"q={encoded}&page=2", "q=[email]&page=2"
        for encoded in list(_encodings(_ipv6(r)))[:2]:
            yield f"peer={encoded}&page=2", "peer=[ip]&page=2"
        hidden = base64.b64encode(f"mail {_email(r)} now".encode()).decode()
        yield f"data {hidden} end", "data [encoded] end"
    for shape in CLEAN * 14:
        said = _filled(r, shape)
        yield said, said
