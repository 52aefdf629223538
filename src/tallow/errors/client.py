"""The client: sentry-sdk, started so that it builds events and nothing else, and kept ours."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sentry_sdk
from sentry_sdk.consts import DEFAULT_OPTIONS
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.utils import event_from_exception

from tallow import context
from tallow.pipeline import failed, say_once

from .caps import CAPS
from .transport import PipelineTransport

__all__ = [
    "TallowClient",
    "capture",
    "client",
    "flush",
    "keep_ours",
    "report",
    "resume",
    "start",
    "stop",
]

ALLOWED_HINT: Final = "tallow_allowed"
_FORBIDDEN_VARIABLES: Final = ("SENTRY_SPOTLIGHT", "SENTRY_PRINT_ENVELOPES")
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")

_OPTIONS: Final[Mapping[str, Any]] = {
    "transport": PipelineTransport,
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "spotlight": False,
    "include_local_variables": False,
    "max_request_body_size": "never",
    "auto_session_tracking": False,
    "enable_backpressure_handling": False,
    "send_client_reports": False,
    "propagate_traces": False,
    "trace_propagation_targets": [],
    "shutdown_timeout": 0,
    "data_collection": {
        "user_info": False,
        "cookies": {"mode": "off"},
        "http_headers": {"request": {"mode": "off"}},
        "http_bodies": [],
        "url_query_params": {"mode": "off"},
        "graphql": {"document": False, "variables": False},
        "gen_ai": {"inputs": False, "outputs": False},
        "database_query_data": False,
        "queues": False,
        "stack_frame_variables": False,
    },
}

_client: "TallowClient | None" = None


class TallowClient(sentry_sdk.Client):
    """A client that asks the caps first and attaches what Tallow knows."""

    def capture_event(
        self,
        event: Any,
        hint: "dict[str, Any] | None" = None,
        scope: Any = None,
    ) -> str | None:
        """Build and queue an event, unless enough like it have left; return its id."""
        said = dict(hint or ())
        info = said.get("exc_info")
        verdict = None
        if info and info[1] is not None and not said.pop(ALLOWED_HINT, False):
            verdict = CAPS.decide(info[1])
            if not verdict.may_leave:
                return None
        try:
            _attach(event)
        except Exception as error:  # noqa: BLE001  # an event without its context is still one
            failed("errors", error)
        event_id = super().capture_event(event, said, scope)
        if verdict is not None and event_id:
            CAPS.left(verdict.key, event_id)
        return event_id


def start(
    dsn: str,
    *,
    release: str,
    environment: str,
    server_name: str,
    own_modules: Sequence[str] = (),
    with_source: bool = False,
) -> None:
    """Start sentry-sdk with our transport, replacing whatever client there was.

    `server_name` is already a hash. Frames of `own_modules` are the application's even where
    they are installed. `with_source` sends lines of source around each frame.
    """
    for name in _FORBIDDEN_VARIABLES:
        if os.environ.pop(name, None) is not None:
            say_once(f"{name} is ignored: it would let events leave unscrubbed")
    options = {
        **_OPTIONS,
        "dsn": dsn,
        "release": release,  # not None, for which sentry-sdk would ask git
        "environment": environment,
        "server_name": server_name,
        "include_source_context": with_source,
        "in_app_include": list(own_modules),
        "in_app_exclude": ["tallow"],  # and the standard library, told in the transport
        # Everything that is not excluded and not in site-packages is the application's.
        "project_root": os.sep,
        "integrations": [ExcepthookIntegration(), ThreadingIntegration(), DedupeIntegration()],
    }
    options["data_collection"] = {
        **options["data_collection"],
        "frame_context_lines": 5 if with_source else 0,
    }
    known = {name: value for name, value in options.items() if name in DEFAULT_OPTIONS}
    resume(TallowClient(**known))


def resume(one: "TallowClient | None") -> None:
    """Make this client ours: a new one, or the one before a test's."""
    global _client
    _client = one
    sentry_sdk.get_global_scope().set_client(one)


def flush(timeout_s: float) -> None:
    """Hand what is queued to the pipeline, and the report of what was not."""
    if _client is not None:
        _client.flush(timeout=timeout_s)


def stop() -> None:
    """Take our client away; call `flush` before."""
    global _client
    current, _client = _client, None
    if current is None:
        return
    current.close(timeout=0)
    scope = sentry_sdk.get_global_scope()
    if scope.client is current:
        scope.set_client(None)


def client() -> "TallowClient | None":
    """Return our client, or None when errors are only logged."""
    return _client


def keep_ours() -> bool:
    """Put our client back if another took its place; say whether all was in order.

    Any library may call `sentry_sdk.init` once more, and its client would send unscrubbed.
    """
    if _client is None:
        return True
    scope = sentry_sdk.get_global_scope()
    is_ours = scope.client is _client
    # type(): sentry-sdk's own wrapper of transports lies about its class.
    is_sealed = type(_client.transport) is PipelineTransport and _client.spotlight is None
    if is_ours and is_sealed:
        return True
    say_once("another sentry_sdk client had taken over; errors go through Tallow again")
    if type(_client.transport) is not PipelineTransport:
        _client.transport = PipelineTransport(_client.options)
    _client.spotlight = None
    if scope.client is not None and not is_ours:
        scope.client.close(timeout=0)
    scope.set_client(_client)
    return False


def report() -> None:
    """Say what did not leave since the last report."""
    if _client is not None and isinstance(_client.transport, PipelineTransport):
        _client.transport.report()


def capture(error: BaseException, said: Mapping[str, object], is_handled: bool) -> str:
    """Build the event of an error the caps let pass, and queue it; return its id."""
    keep_ours()
    if _client is None:
        return ""
    event, hint = event_from_exception(
        (type(error), error, error.__traceback__),
        client_options=_client.options,
        mechanism={"type": "tallow", "handled": is_handled},
    )
    if said:
        event["extra"] = {**said}
    return sentry_sdk.capture_event(event, hint={**hint, ALLOWED_HINT: True}) or ""


def _attach(event: dict[str, Any]) -> None:
    """Attach correlation id, bound fields and breadcrumbs of the thread that captures."""
    if event.get("type"):  # transactions and check-ins have their own
        return
    bound = context.fields()
    if bound:
        event["extra"] = {**bound, **event.get("extra", {})}
    contexts = event.setdefault("contexts", {})
    contexts.setdefault(
        "runtime", {"name": platform.python_implementation(), "version": platform.python_version()}
    )
    correlation_id = context.correlation_id()
    if correlation_id:
        event.setdefault("tags", {})["correlation_id"] = correlation_id
        if _TRACE_ID.fullmatch(correlation_id):
            span = {"trace_id": correlation_id, "span_id": os.urandom(8).hex()}
            contexts.setdefault("trace", span)
    steps = context.breadcrumbs()
    if steps:
        values = event.setdefault("breadcrumbs", {}).setdefault("values", [])
        values.extend(_crumb(step) for step in steps)


def _crumb(step: context.Breadcrumb) -> dict[str, Any]:
    crumb: dict[str, Any] = {
        "timestamp": datetime.fromtimestamp(step.timestamp_s, UTC),
        "category": step.category,
        "message": step.message,
        "level": step.level,
    }
    if step.data:
        crumb["data"] = dict(step.data)
    return crumb
