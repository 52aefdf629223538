"""What the integrations' tests share: settings in use, and what would have left."""

from collections.abc import Iterator

import pytest

from tallow import settings
from tests.tallow.leaving import Leaving, leaving


@pytest.fixture
def left() -> Iterator[Leaving]:
    """Return everything that is offered to a sink during the test."""
    with leaving() as kept:
        yield kept


@pytest.fixture(autouse=True)
def chosen() -> Iterator[settings.Settings]:
    """Use settings with both tokens and a site."""
    made = settings.Settings(
        service="shop",
        metrics_token="m" * 20,
        health_check_token="h" * 20,
        plausible_domain="shop.example",
    )
    settings.use(made)
    yield made
    settings.use(None)
