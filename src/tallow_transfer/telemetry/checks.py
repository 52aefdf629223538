"""The health checks of this app, each doing what its users need done."""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tallow import health
from tallow.records import JsonValue

__all__ = ["PublicAddress", "register_checks"]

_CRYPTO_TTL_S: Final = 30.0
_SIGNALING_TTL_S: Final = 15.0
_ENVIRONMENT_TTL_S: Final = 60.0
_BUILT_S: Final = 1_767_225_600.0  # 1 January 2026: a clock before it is wrong


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where people reach this server, and how many rooms it promises."""

    url: str
    most_rooms: int


def register_checks(
    self_test: Callable[[], str],
    join_and_echo: Callable[[], Awaitable[bool]],
    address: PublicAddress,
) -> None:
    """Register what readiness needs. Each function is the real thing, not a look at a port.

    `self_test` returns what is wrong with the cryptography, or nothing; `join_and_echo` goes
    through a real WebSocket at the public address and says whether it came back.
    """

    async def crypto() -> health.Outcome:
        problem = await asyncio.to_thread(self_test)
        return health.Outcome("unhealthy" if problem else "healthy", {"problem": problem})

    async def signaling() -> bool:
        return await join_and_echo()

    def environment() -> health.Outcome:
        problems = _environment_problems(address)
        return health.Outcome("degraded" if problems else "healthy", {"problems": problems})

    health.register("post-quantum cryptography", crypto, timeout_s=2.0, ttl_s=_CRYPTO_TTL_S)
    health.register("signaling", signaling, timeout_s=2.0, ttl_s=_SIGNALING_TTL_S)
    health.register("environment", environment, timeout_s=1.0, ttl_s=_ENVIRONMENT_TTL_S)


def _environment_problems(address: PublicAddress) -> list[JsonValue]:
    """Return what is wrong with where this process runs, a few words each."""
    problems: list[JsonValue] = []
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY and files < 2 * address.most_rooms + 64:
        problems.append("fewer file descriptors than two for each room")
    if time.time() < _BUILT_S:
        problems.append("the clock is years behind")
    return problems
