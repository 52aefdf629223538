"""Input made to be slow: does the time grow with the length, or with its square?

python -m benchmarks.scrub.hostile --size 16000
"""

import argparse
import base64
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.scrub.peer_worker import hide_engines

__all__ = ["SHAPES", "Timing", "time_shapes"]

_TRIES = 3
_UNITS: tuple[str, ...] = (
    "a.", ":", "eyJ", "7", "=", "@", "%40", '{"', "\\u0040", "Bearer ", "-----BEGIN ", " ",
    "1.1.1.", ":::", "a@a@", "password=", "a@b.", "::ffff:", "1:", "-", "_", "/", "\\", "'", '"',
    "%25", "&a=b", "4111 ", "+1 ", "(", "http://a:", "postgres://", "AKIA", "sk_live_", "ghp_",
    "xoxb-1-", "aaaaaaa=", "DE89", "key: ", "\n", "\x00", "\ud800", "é", "[", "[email]", "token=[",
    "{\\\"a\\\":", "C:\\Users\\", "/home/a", "Zm9v", "ann@x.io ", "1.2.3.4 ", "Cookie: a=b; ",
    "-----BEGIN RSA PRIVATE KEY-----\n", "eyJhbGciOiJIUzI1NiJ9.", "0x", "A", "aA1", "00-",
    "secret secret ", "a:b@", "../", "sha256:", "#", "b-", "ab:", "QUJD", "4 1 1 ", "12-34",
    '\\\\\\"', "%2525252540", "aB3dE6gH9", "198.51.100.7,", "+49 30 ", "Basic ", "?token=", "ssn ",
)  # fmt: skip


def _runs_of(unit: str) -> Callable[[int], str]:
    return lambda n: (unit * (n // len(unit) + 1))[:n]


SHAPES: dict[str, Callable[[int], str]] = {
    **{f"runs of {unit!r}": _runs_of(unit) for unit in _UNITS},
    "a key and then a long value": lambda n: "password=" + "a" * n,
    "a quote that never closes": lambda n: '{"password":"' + "a b" * (n // 3),
    "a long local part": lambda n: "a" * n + "@",
    "a long domain": lambda n: "a@" + "b-" * (n // 2),
    "nested JSON": lambda n: '{"a":' * (n // 5),
    "nested lists": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "a PEM that never ends": lambda n: "-----BEGIN PRIVATE KEY-----\n" + "QUJDREVG\n" * (n // 9),
    "a user name of a URL": lambda n: "https://" + "a" * n + ":b@c",
    "one long line of base64": lambda n: base64.b64encode(b'{"a":"b@c.de"}' * (n // 19)).decode(),
}
"""What each text is, and the text of a given length."""


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU time of one shape at n and at 2n characters."""

    shape: str
    ms_per_1000: float
    ratio: float


def _best_s(scrub: Callable[[str], object], make: Callable[[int], str], size: int) -> float:
    best = float("inf")
    for lap in range(_TRIES):
        # One letter more each time: no text is ever seen twice.
        text = make(size + lap)
        began = time.process_time()
        scrub(text)
        best = min(best, time.process_time() - began)
    return best


def time_shapes(scrub: Callable[[str], object], size: int) -> list[Timing]:
    """Time every shape at `size` and twice `size` characters, best of three, slowest first."""
    timings = []
    for shape, make in SHAPES.items():
        once = _best_s(scrub, make, size)
        twice = _best_s(scrub, make, 2 * size)
        # Below a tenth of a millisecond the clock decides, not the text.
        ratio = twice / max(once, 1e-4)
        timings.append(Timing(shape, twice / (2 * size) * 1e6, ratio))
    return sorted(timings, key=lambda timing: -timing.ms_per_1000)


def main() -> None:
    """Time the project's scrubber on every shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=16000)
    parser.add_argument("--hide", nargs="*", default=[], choices=["c", "re2"], help="engines")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    hide_engines(given.hide)
    from tallow.scrub import scrub_pii

    timings = time_shapes(scrub_pii, given.size)
    for timing in timings:
        print(f"{timing.ms_per_1000:9.4f} ms/1000   x{timing.ratio:5.2f}   {timing.shape}")
    worst = max(timings, key=lambda timing: timing.ratio)
    print(f"{len(timings)} shapes; worst growth x{worst.ratio:.2f} ({worst.shape}); ", end="")
    print(f"slowest {timings[0].ms_per_1000:.4f} ms per 1,000 characters ({timings[0].shape})")
    if given.json:
        given.json.write_text(json.dumps([asdict(timing) for timing in timings], indent=1) + "\n")


if __name__ == "__main__":
    main()
