"""What capturing an exception costs the thread it happens in, beside sentry-sdk's own defaults."""

from collections.abc import Callable
from typing import Any

import sentry_sdk
from sentry_sdk.transport import Transport

from benchmarks.budget import Budget, interleaved, table
from tallow import context, pipeline
from tallow.errors import capture, client
from tallow.errors.caps import CAPS

__all__ = ["budgets", "main"]

_PEER = "sentry-sdk, as it comes"
_TIMES = 20


class _Nowhere(Transport):
    """A transport that takes an envelope and does no more: what is left is the capture."""

    def capture_envelope(self, envelope: Any) -> None:
        return None


def budgets() -> list[Budget]:
    """Return the costs of an error that is sent and of one that is only counted."""
    engine = pipeline.use(pipeline.Engine())
    theirs = sentry_sdk.Client(dsn="http://key@127.0.0.1:9/1", transport=_Nowhere)
    client.start("http://key@127.0.0.1:9/1", release="1", environment="test", server_name="x")
    ours = client.client()
    ours.transport = _Nowhere(ours.options)
    client.keep_ours = lambda: True
    before = capture.send_by(client.capture)
    with context.correlation_scope():
        for number in range(20):
            context.add_breadcrumb("ui", f"step {number}", {"n": number})
            sentry_sdk.add_breadcrumb(category="ui", message=f"step {number}", data={"n": number})
        taken = interleaved(
            {
                "theirs": lambda: _each(lambda error: _theirs(theirs, error)),
                "ours": lambda: _each(_uncapped),
                "counted": lambda: _each(_capped),
            },
            rounds=9,
        )
    capture.send_by(before)
    client.stop()
    CAPS.reset(1.0)
    pipeline.use(engine)
    theirs_us, sent_us, counted_us = (
        taken[name] / _TIMES * 1e6 for name in ("theirs", "ours", "counted")
    )
    return [
        Budget("an exception sent", _PEER, sent_us, theirs_us, "us", goal=1.67),
        Budget(
            "an exception only counted", "an exception sent", counted_us, sent_us, "us", goal=50
        ),
    ]


def _theirs(theirs: Any, error: BaseException) -> None:
    with sentry_sdk.new_scope() as scope:
        scope.set_client(theirs)
        sentry_sdk.capture_exception(error)


def _uncapped(error: BaseException) -> None:
    CAPS.reset(1.0)
    capture.capture_exception(error)


def _capped(error: BaseException) -> None:
    CAPS._tokens = 0.0
    capture.capture_exception(error)


def _each(take: Callable[[BaseException], None]) -> None:
    """Raise some errors eleven frames deep and hand them over."""
    for number in range(_TIMES):
        try:
            _dig(10, {"order": number, "note": "x" * 200})
        except ValueError as error:
            take(error)


def _dig(depth: int, order: dict[str, Any]) -> None:
    remaining = [depth] * depth
    if not remaining:
        raise ValueError(f"order {order['order']} cannot be read")
    _dig(depth - 1, order)


def main() -> None:
    """Print the table."""
    print(table(budgets()))


if __name__ == "__main__":
    main()
