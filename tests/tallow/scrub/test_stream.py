"""A stream is scrubbed as a whole would be, wherever its borders fall, and in constant memory."""

import io
import random
import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest

from tallow import scrub

FILLER = "2026-11-23T10:00:00Z info served route=/a status=200 took_ms=12 déjà-vu\n"
SECRETS = [
    "ann.lee@example.org",
    "4111 1111 1111 1111",
    "password=Tr0ub4dor-and-3",
    "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 40
    + "-----END PRIVATE KEY-----",
    "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5",
]  # fmt: skip


def _reader(data: bytes, sizes: Callable[[], int]) -> Callable[[int], bytes]:
    source = io.BytesIO(data)
    return lambda most: source.read(min(most, sizes()))


def _streamed(data: bytes, sizes: Callable[[], int]) -> bytes:
    out = io.BytesIO()
    scrub.scrub_stream(_reader(data, sizes), out.write)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(6))
def test_where_the_chunks_end_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    parts = [
        chance.choice(SECRETS) + "\n" if chance.random() < 0.02 else FILLER for _ in range(4000)
    ]
    data = "".join(parts).encode()

    left = _streamed(data, lambda: chance.randrange(1, 60_000))

    assert left == scrub.scrub_pii("".join(parts)).encode()
    assert all(secret.encode() not in left for secret in SECRETS)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:12])
@pytest.mark.parametrize("before", [65_520, 65_536 - 9, 98_304 - 5, 262_144 - 7])
def test_a_secret_across_a_border_is_found(secret: str, before: int) -> None:
    data = b"x " * (before // 2) + b"\n" + secret.encode() + b"\n" + FILLER.encode() * 3000

    left = _streamed(data, lambda: 65_536)

    assert secret.encode() not in left
    assert FILLER.encode() * 2000 in left


def test_bytes_that_are_no_text_pass_as_they_are_around_what_is_found() -> None:
    noise = bytes(random.Random(7).randrange(128, 256) for _ in range(100_000))
    data = noise + b" mail ann.lee@example.org \x00\xff\xfe " + noise

    left = _streamed(data, lambda: 10_000)

    assert left == noise + b" mail [email] \x00\xff\xfe " + noise


def test_a_line_without_end_is_scrubbed_in_bounded_time() -> None:
    data = b"a" * 3_000_000 + b" ann.lee@example.org"

    assert _streamed(data, lambda: 65_536).endswith(b"[email]")


def test_the_command_streams_in_constant_memory() -> None:
    many = 40 * 1024 * 1024 // len(FILLER.encode())
    program = (
        "import sys\n"
        f"for _ in range({many} // 1000): sys.stdout.write({FILLER!r} * 1000)\n"
        "print('ann.lee@example.org')"
    )
    told = subprocess.run(
        f"{sys.executable} -c {shlex.quote(program)} | "
        f"{sys.executable} -c {shlex.quote(_MEASURED)}",
        shell=True,
        capture_output=True,
        check=True,
        timeout=110,
    )

    assert told.stdout.endswith(b"[email]\n")
    assert int(told.stderr) < 160 * 1024  # KiB; the text is 40 MiB


_MEASURED = (
    "import resource, sys\n"
    "from tallow import scrub\n"
    "scrub.scrub_stream(sys.stdin.buffer.read, sys.stdout.buffer.write)\n"
    "sys.stdout.flush()\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
)
