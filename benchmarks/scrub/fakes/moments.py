"""Times, versions and names in the dressings that systems give them, none of which may change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, HEX, LOWNUM, UPNUM, b64, draw

__all__ = ["MOMENTS"]

_FORMS = (
    "%a, %d %b %Y %H:%M:%S GMT|%A, %d-%b-%y %H:%M:%S GMT|%a %b %d %H:%M:%S %Y|%Y%m%dT%H%M%SZ|"
    "%Y-%m-%d %H:%M:%S.%f|%d/%b/%Y:%H:%M:%S +0200|%m/%d/%Y %I:%M:%S %p|%d.%m.%Y %H:%M:%S|"
    "%Y-%m-%dT%H:%M:%S.%f+02:00|%Y-%j|%d-%b-%y %I.%M.%S.%f %p|%m%d %H:%M:%S.%f|%Y%m%d%H%M%S|"
    "%Y-%m-%d %H:%M:%S.%f +0000 UTC m=+12.345678901|%a %b %d %H:%M:%S UTC %Y|%y/%m/%d %H:%M:%S|"
    "%Y-%m-%dT%H:%M:%S.%f000Z|%d/%m/%Y %H:%M|%H:%M:%S.%f|%b %d, %Y %I:%M:%S %p|%Y.%m.%d-%H.%M.%S"
).split("|")


def _moment(r: Random) -> str:
    when = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=r.uniform(0, 126_000_000))
    return when.strftime(r.choice(_FORMS))


def _ticks(r: Random) -> str:
    return r.choice(
        [
            f"{r.randint(1_672_531_200, 1_798_761_600)}",
            f"{r.randint(1_672_531_200, 1_798_761_600)}{draw(r, DIGITS, 3)}",
            f"{r.randint(1_672_531_200, 1_798_761_600)}.{draw(r, DIGITS, 6)}",
            f"{r.randint(1_672_531_200, 1_798_761_600)}{draw(r, DIGITS, 9)}",
            f"6388{draw(r, DIGITS, 14)}",
        ]
    )


def _release(r: Random) -> str:
    a, b, c = r.randint(0, 30), r.randint(0, 40), r.randint(0, 99)
    return r.choice(
        [
            f"{a}.{b}.{c}", f"v{a}.{b}.{c}", f"{a}.{b}", f"{a}.{b}.{c}-alpha.{b}",
            f"{a}.{b}.{c}+{draw(r, HEX, 7)}", f"{a}.{b}.{c}.dev{c}", f"{a}.{b}.{c}rc{b}",
            f"{a}.{b}.{c}-{b}ubuntu{a}.{b}", f"1:{a}.{b}.{c}-{b}+deb12u{a}", f"r{c}{b}{a}",
            f"{2020 + a % 7}.{1 + b % 12}.{c}", f"{a}.{b}.{c}-SNAPSHOT", f"{a}.{b}.{c}.Final",
            f"{a}.{b}.{c}-{draw(r, DIGITS, 8)}.{draw(r, DIGITS, 6)}-{c}",
            f"v0.0.0-20{draw(r, '12', 2)}0{draw(r, '123456789', 1)}11120000-{draw(r, HEX, 12)}",
        ]
    )  # fmt: skip


def _range(r: Random) -> str:
    a, b = r.randint(0, 20), r.randint(0, 30)
    return r.choice(
        [
            f"^{a}.{b}.0",
            f"~{a}.{b}",
            f">={a}.{b},<{a + 1}",
            f"{a}.x",
            f"~> {a}.{b}",
            f"[{a}.0,{a + 1}.0)",
        ]
    )


def _image(r: Random) -> str:
    name = r.choice(["redis", "library/nginx", "bitnami/kafka", "acme/api", "grafana/loki"])
    registry = r.choice(["", "docker.io/", "ghcr.io/", "quay.io/", "registry.local:5000/"])
    return f"{registry}{name}" + r.choice(
        [f":{r.randint(1, 20)}.{r.randint(0, 9)}-alpine", f"@sha256:{draw(r, HEX, 64)}", ":latest"]
    )


def _kube(r: Random) -> str:
    name = r.choice(["api", "web-frontend", "auth-service", "session-store", "token-minter"])
    short = "bcdfghjklmnpqrstvwxz2456789"
    groups = [draw(r, HEX, 8), draw(r, HEX, 4), f"4{draw(r, HEX, 3)}", f"a{draw(r, HEX, 3)}"]
    return r.choice(
        [
            f"{name}-{draw(r, short, 9)}-{draw(r, short, 5)}",
            f"{name}-{r.randint(0, 9)}",
            f"pvc-{'-'.join(groups)}-{draw(r, HEX, 12)}",
            f"gke-prod-pool-1-{draw(r, HEX, 8)}-{draw(r, LOWNUM, 4)}",
            f"{name}-token-{draw(r, short, 5)}",
        ]
    )


MOMENTS: dict[str, Callable[[Random], str]] = {
    "moment": _moment,
    "ticks": _ticks,
    "release": _release,
    "semver_range": _range,
    "docker_image": _image,
    "kube": _kube,
    "sri_any": lambda r: r.choice(
        [f"sha512-{b64(r, 64)}", f"sha256-{b64(r, 32)}", f"h1:{b64(r, 32)}"]
    ),
    "hash_any": lambda r: draw(r, HEX, r.choice([7, 8, 12, 16, 32, 40, 56, 64, 96, 128])),
    "hash_named": lambda r: r.choice(
        [f"sha256:{draw(r, HEX, 64)}", f"md5:{draw(r, HEX, 32)}", f"sha1={draw(r, HEX, 40)}",
         f"crc32={draw(r, HEX, 8)}", f"blake2b:{draw(r, HEX, 64)}", f"SHA512({draw(r, HEX, 128)})"]
    ),
    "amount": lambda r: r.choice(
        [f"{r.randint(1, 999)} MB", f"{r.uniform(0, 99):.1f}GiB", f"{r.randint(1, 10**9)}B",
         f"{r.randint(1, 999)}kB", f"{r.randint(0, 10**12):,} bytes"]
    ),
    "span": lambda r: r.choice(
        [f"{r.uniform(0, 999):.3f}ms", f"{r.randint(1, 59)}m{r.randint(1, 59)}s", "PT1H30M",
         f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{draw(r, DIGITS, 6)}",
         f"{r.randint(1, 999)}µs", f"{r.randint(2, 90)} days ago"]
    ),
    "cron": lambda r: r.choice(
        ["*/5 * * * *", "0 3 * * 1-5", "0 0 1,15 * *", "@daily", "0 15 10 ? * MON-FRI",
         f"{r.randint(0, 59)} {r.randint(0, 23)} * * {r.randint(0, 6)}"]
    ),
    "ticket": lambda r: r.choice(
        [f"PROJ-{r.randint(1, 9999)}", f"CVE-20{r.randint(15, 26)}-{r.randint(1000, 59999)}",
         f"RFC {r.randint(1000, 9999)}", f"PO-{draw(r, DIGITS, 8)}", f"SKU-{draw(r, UPNUM, 8)}",
         f"order #{draw(r, DIGITS, 10)}", f"case {draw(r, DIGITS, 8)}"]
    ),
    "object_id": lambda r: draw(r, HEX, 24),
    "lsn": lambda r: f"{r.randint(0, 15):X}/{r.getrandbits(32):X}",
    "hexnum": lambda r: f"0x{r.getrandbits(r.choice([16, 32, 48])):x}",
}  # fmt: skip
"""Each harmless slot and what fills it."""
