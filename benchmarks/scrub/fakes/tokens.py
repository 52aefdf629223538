"""Secrets without a vendor: passwords, session ids, signatures, hashes and private keys."""

import base64
import uuid
from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import (
    ALNUM,
    B64URL,
    DIGITS,
    HEX,
    LOWNUM,
    Made,
    b64,
    b64url,
    draw,
    mixed,
)
from benchmarks.scrub.fakes.people import FIRST, username
from benchmarks.scrub.fakes.vendors import jwt

__all__ = ["TOKENS"]

_WORDS = (
    "summer winter dragon coffee purple guitar monkey sunshine hunter orange rocket silver".split()
)
_PEM_KINDS = (
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "DSA PRIVATE KEY",
)


def password(r: Random) -> str:
    """Return a password that needs no quoting anywhere."""
    word, number = r.choice(_WORDS), r.randint(2, 2029)
    return r.choice(
        [
            f"{word}{number}",
            f"{word.title()}{number}!",
            f"{r.choice(FIRST)}{number}x",
            mixed(r, ALNUM, r.randint(8, 20)),
            mixed(r, ALNUM + "!$*-._", r.randint(10, 18)),
            f"{word}-{r.choice(_WORDS)}-{number}",
        ]
    )


def password_hard(r: Random) -> str:
    """Return a password with the marks that break splitting, for quoted places only."""
    marks = "".join(r.choices("!@#$%^&*()_+-={}[]|:;<>,.?/~", k=r.randint(2, 4)))
    body = mixed(r, ALNUM, r.randint(6, 12))
    cut = r.randint(2, len(body) - 2)
    return body[:cut] + marks + body[cut:]


def _opaque(r: Random) -> str:
    """Return a random token of no known vendor, upper and lower case and digits mixed."""
    return r.choice(
        [
            mixed(r, ALNUM, r.randint(24, 48)),
            mixed(r, B64URL, r.randint(32, 64)),
            mixed(r, LOWNUM, r.randint(28, 40)),
        ]
    )


def _hexkey(r: Random) -> str:
    return draw(r, HEX, r.choice([32, 40, 64]))


def _session(r: Random) -> str:
    return r.choice(
        [
            mixed(r, LOWNUM, 26),
            mixed(r, LOWNUM, 32),
            draw(r, HEX, 32),
            draw(r, HEX.upper(), 32),
            b64url(r, 24),
        ]
    )


def _pem(r: Random) -> Made:
    kind = r.choice(_PEM_KINDS)
    lines = [b64(r, 48) for _ in range(r.randint(3, 12))] + [b64(r, r.choice([20, 31]))]
    return Made(
        f"-----BEGIN {kind}-----\n" + "\n".join(lines) + f"\n-----END {kind}-----", tuple(lines)
    )


def _pem_cut(r: Random) -> Made:
    kind = r.choice(_PEM_KINDS)
    lines = [b64(r, 48) for _ in range(r.randint(1, 4))] + [b64(r, 24)[: r.randint(12, 30)]]
    return Made(f"-----BEGIN {kind}-----\n" + "\n".join(lines), tuple(lines))


def _openssh(r: Random) -> Made:
    head = base64.b64encode(b"openssh-key-v1\x00" + r.randbytes(36)).decode().rstrip("=")
    lines = [head.ljust(70, "A"), *(b64(r, 52).rstrip("=") for _ in range(r.randint(4, 9)))]
    text = "\n".join(lines)
    return Made(
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n-----END OPENSSH PRIVATE KEY-----",
        tuple(lines),
    )


def _pgp(r: Random) -> Made:
    lines = [b64(r, 48) for _ in range(r.randint(3, 8))]
    text = "\n".join(lines)
    mark = "PGP PRIVATE KEY BLOCK"
    return Made(
        f"-----BEGIN {mark}-----\n\n{text}\n=x{draw(r, ALNUM, 3)}\n-----END {mark}-----",
        tuple(lines),
    )


def _putty(r: Random) -> Made:
    lines = [b64(r, 48) for _ in range(3)]
    text = "\n".join(lines)
    return Made(
        f"Private-Lines: {len(lines)}\n{text}\nPrivate-MAC: {draw(r, HEX, 64)}", tuple(lines)
    )


def _bcrypt(r: Random) -> str:
    return f"$2{r.choice('aby')}$1{r.randint(0, 2)}${draw(r, ALNUM + './', 53)}"


def _crypt(r: Random) -> str:
    return r.choice(
        [
            f"$6${draw(r, ALNUM, 12)}${draw(r, ALNUM + './', 86)}",
            f"$argon2id$v=19$m=65536,t=3,p=4${b64(r, 16).rstrip('=')}${b64(r, 32).rstrip('=')}",
            f"pbkdf2_sha256$600000${draw(r, ALNUM, 22)}${b64(r, 32)}",
            f"$1${draw(r, ALNUM, 8)}${draw(r, ALNUM + './', 22)}",
        ]
    )


def _basic(r: Random) -> str:
    return base64.b64encode(f"{username(r)}:{password(r)}".encode()).decode()


def _signed_cookie(r: Random) -> str:
    return f"s%3A{draw(r, B64URL, 32)}.{mixed(r, ALNUM, 43)}"


def _flask_cookie(r: Random) -> str:
    body = base64.urlsafe_b64encode(
        f'{{"_user_id":"{r.randint(1, 99999)}","_fresh":true}}'.encode()
    )
    return f"{body.decode().rstrip('=')}.{draw(r, ALNUM, 6)}.{b64url(r, 20)}"


def _saml(r: Random) -> str:
    return base64.b64encode(b'<samlp:Response ID="_' + r.randbytes(90).hex().encode()).decode()


def _jwe(r: Random) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"RSA-OAEP","enc":"A256GCM"}').decode().rstrip("=")
    return ".".join([header, b64url(r, 64), b64url(r, 12), b64url(r, 48), b64url(r, 16)])


def _docker_auth(r: Random) -> str:
    return base64.b64encode(f"{username(r)}:{password(r)}".encode()).decode()


TOKENS: dict[str, Callable[[Random], str | Made]] = {
    "password": password,
    "password_hard": password_hard,
    "opaque": _opaque,
    "random_token": lambda r: "Xq7" + mixed(r, ALNUM, 37),
    "hexkey": _hexkey,
    "session": _session,
    "uuid_secret": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "pem": _pem,
    "pem_cut": _pem_cut,
    "openssh": _openssh,
    "pgp": _pgp,
    "putty": _putty,
    "bcrypt": _bcrypt,
    "crypt": _crypt,
    "basic_auth": _basic,
    "signed_cookie": _signed_cookie,
    "flask_cookie": _flask_cookie,
    "csrf": lambda r: mixed(r, ALNUM, r.choice([32, 64])),
    "laravel_cookie": lambda r: (
        base64.b64encode(
            f'{{"iv":"{b64(r, 16)}","value":"{b64(r, 32)}","mac":"{draw(r, HEX, 64)}"}}'.encode()
        )
        .decode()
        .replace("=", "%3D")
    ),
    "saml": _saml,
    "jwe": _jwe,
    "docker_auth": _docker_auth,
    "digest_response": lambda r: draw(r, HEX, 32),
    "signature_hex": lambda r: draw(r, HEX, 64),
    "signature_b64": lambda r: b64(r, 32),
    "aws_secret": lambda r: mixed(r, ALNUM + "/+", 40),
    "aws_session_token": lambda r: "IQoJb3JpZ2luX2Vj" + b64(r, 150),
    "oauth_code": lambda r: r.choice(
        [f"4/0A{draw(r, B64URL, 60)}", mixed(r, ALNUM, 32), b64url(r, 30)]
    ),
    "otp": lambda r: draw(r, DIGITS, 6),
    "totp_secret": lambda r: draw(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32),
    "slack_hook": lambda r: mixed(r, ALNUM, 24),
    "discord_hook": lambda r: mixed(r, B64URL, 68),
    "kube_token": lambda r: jwt(
        r, '{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:default:app"}'
    ),
}
"""Each slot of a secret without a vendor and what fills it."""
