"""`tallow ping`: one signal of each kind on its real way, and whether its far side took it."""

import sys
import tempfile
import time

import click

import tallow
from tallow import start
from tallow.settings import read

__all__ = ["ping"]


class _Ping(Exception):  # noqa: N818 # it is sent to be seen, not to be caught
    """The error `tallow ping` sends, so that somebody sees one arrive."""


@click.command()
@click.option("--timeout", "timeout_s", default=10.0, show_default=True, help="Seconds to wait.")
def ping(timeout_s: float) -> None:
    """Send one signal of each kind and say where it arrived. Exit 1 when one did not."""
    settings = read()
    if not (settings.sentry_dsn or settings.loki_url or settings.plausible_host):
        click.echo("No sink is set, so there is nowhere to send to; `tallow doctor` shows how.")
        sys.exit(1)
    # A journal of its own: what other processes still have to deliver is theirs.
    with tempfile.TemporaryDirectory(prefix="tallow-ping-") as folder:
        tallow.init(data_dir=folder, log_format="none", hash_key=settings.hash_key)
        began = time.perf_counter()
        tallow.logger.info("ping")
        tallow.capture_exception(_Ping("ping"))
        tallow.analytics.track("ping", {})
        tallow.flush(timeout_s)
        took_ms = (time.perf_counter() - began) * 1000
        sinks = start.status().sinks
        tallow.close()
    arrived = {sink.sink: sink.delivered > 0 for sink in sinks}
    for sink in sinks:
        word = "arrived" if arrived[sink.sink] else "did not arrive"
        click.echo(f"{sink.sink:<10} {word} ({sink.last_outcome or 'no answer'})")
    click.echo(f"in {took_ms:.0f} ms")
    sys.exit(0 if all(arrived.values()) else 1)
