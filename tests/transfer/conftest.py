"""What the tests of the transfer app share."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tallow_transfer.signaling import Limits
from tests.transfer.commands import RunningServer, running_server
from tests.transfer.serving import Served, serving


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Served]:
    """The routes, with the limits of a patient server but a short grace."""
    async with serving(Limits(grace_s=0.3, rooms_per_minute=1000)) as served:
        yield served


@pytest.fixture(scope="session")
def tallow_serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`tallow serve` as a process of its own, its log lines in a file."""
    with running_server(Path(tmp_path_factory.mktemp("serve")), sys.executable) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares the process of `tallow serve` on one worker."""
    for item in items:
        if "tallow_serve" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("tallow_serve"))
