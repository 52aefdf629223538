"""Addresses of machines that point at a person: IPv4, IPv6, MAC."""

import ipaddress
from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import HEX, Made, draw

__all__ = ["NETWORKS", "ipv4"]


def ipv4(r: Random) -> str:
    """Return a public IPv4 address that does not read as a version."""
    while True:
        address = ipaddress.IPv4Address(r.getrandbits(32))
        octets = address.packed
        # 1.2.3.4 may be a version; one octet above 60 makes an address of it.
        if address.is_global and not address.is_multicast and max(octets) > 60 and octets[0] > 10:
            return str(address)


def _ipv4_small(r: Random) -> str:
    """Return a public address whose octets could as well be a version: only its place tells."""
    made = ".".join(str(r.randint(1, 40)) for _ in range(4))
    return made if ipaddress.IPv4Address(made).is_global else _ipv4_small(r)


def _ipv6(r: Random) -> str:
    prefix = r.choice([0x20010DB8, 0x2A020000, 0x26000000, 0x24080000, 0x2A010000])
    high = (prefix + (0 if prefix == 0x20010DB8 else r.getrandbits(16))) << 96
    return str(ipaddress.IPv6Address(high | r.getrandbits(96)))


def _ipv6_short(r: Random) -> str:
    groups = [f"{r.randint(0x100, 0xFFFF):x}" for _ in range(r.randint(1, 3))]
    front = r.choice(["2001:db8", "2a02:8109", "2607:f8b0", "2804:14c"])
    return (
        f"{front}::{':'.join(groups)}"
        if r.random() < 0.7
        else f"{front}:{groups[0]}::{r.randint(1, 9)}"
    )


def _ipv6_long(r: Random) -> str:
    tail = ":".join(draw(r, HEX, 4) for _ in range(6))
    return r.choice(["2001:0db8:", "2a01:04f8:"]) + (tail if r.random() < 0.7 else tail.upper())


def _ipv6_port(r: Random) -> Made:
    address = _ipv6_short(r)
    return Made(f"[{address}]:{r.randint(1024, 65000)}", (address,))


def _ipv6_zone(r: Random) -> Made:
    front, middle, end = (draw(r, HEX[1:], 4) for _ in range(3))
    address = f"fe80::{front}:{middle}:fe{draw(r, HEX, 2)}:{end}"
    return Made(f"{address}%{r.choice(['eth0', 'en0', 'wlan0', '3'])}", (address,))


def _mac(r: Random) -> str:
    pairs = [draw(r, HEX, 2) for _ in range(6)]
    pairs[0], pairs[5] = r.choice(["3c", "a4", "d8", "f0"]), r.choice(["b7", "e2", "4f"])
    shape = r.random()
    if shape < 0.6:
        return ":".join(pairs)
    if shape < 0.85:
        return "-".join(pairs).upper()
    return ".".join(a + b for a, b in zip(pairs[::2], pairs[1::2], strict=True))


def _ipv4_port(r: Random) -> Made:
    address = ipv4(r)
    return Made(f"{address}:{r.randint(1024, 65000)}", (address,))


def _ipv4_subnet(r: Random) -> Made:
    address = ipv4(r)
    return Made(f"{address}/{r.choice([24, 32])}", (address,))


NETWORKS: dict[str, Callable[[Random], str | Made]] = {
    "ipv4": ipv4,
    "ipv4_small": _ipv4_small,
    "ipv4_port": _ipv4_port,
    "ipv4_subnet": _ipv4_subnet,
    "ipv6": _ipv6,
    "ipv6_short": _ipv6_short,
    "ipv6_long": _ipv6_long,
    "ipv6_mapped": lambda r: f"::ffff:{ipv4(r)}",
    "ipv6_port": _ipv6_port,
    "ipv6_zone": _ipv6_zone,
    "mac": _mac,
}
"""Each network slot of a template and what fills it."""
