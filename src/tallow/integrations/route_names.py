"""Which route a request took, as the template it was declared with, never as its path."""

import re
import weakref
from collections.abc import Sequence
from typing import Any, Final

from .http import Scope

__all__ = ["UNMATCHED", "RouteNames"]

UNMATCHED: Final = "unmatched"
"""The route of a request that no route took; a scanner's paths all end up here."""

_PARAMETER: Final = re.compile(r"\{([^}:]+)")


class RouteNames:
    """Finds templates in the route tree of one Starlette or FastAPI application.

    Reads the tree again when its top level has grown. Where an endpoint stands under several
    templates, the request is matched once more to tell which.
    """

    def __init__(self, app: object) -> None:
        self._app: weakref.ref[Any] | None = weakref.ref(app) if hasattr(app, "routes") else None
        self._size = -1
        self._known: dict[int, str] = {}

    def name(self, scope: Scope) -> str:
        """Return the template of a request that was answered, by its scope."""
        app = self._app() if self._app is not None else None
        endpoint = scope.get("endpoint")
        if endpoint is None or app is None:
            return UNMATCHED
        if "route" in scope:
            return _rebuild(scope)
        routes: Sequence[Any] = app.routes
        if len(routes) != self._size:
            self._known = _read(routes)
            self._size = len(routes)
        found = self._known.get(id(endpoint))
        if found:
            return found
        return _match(routes, scope) or UNMATCHED


def _rebuild(scope: Scope) -> str:
    """Return the template of a route that the framework names, with all that stands before it.

    What it names may lack the prefixes it was included or mounted under. Those are the first
    segments of the path; the ones that are values of parameters become their names.
    """
    route, path = scope["route"], scope["path"]
    if _is_mount(route):
        if route.routes:  # none of them was it
            return UNMATCHED
        path = scope["root_path"]
    tail, params = _template(route), scope.get("path_params", {})
    own = _PARAMETER.findall(tail)
    length = tail.count("/") + sum(str(params.get(name, "")).count("/") for name in own)
    before = scope.get("app_root_path", scope.get("root_path", ""))
    segments = path.removeprefix(before).split("/")
    names = {str(value): name for name, value in params.items() if name not in own}
    head = segments[: len(segments) - length]
    said = "/".join(f"{{{names[one]}}}" if one in names else one for one in head) + tail
    return f"{said}/*" if _is_mount(route) else said


def _read(routes: Sequence[Any]) -> dict[int, str]:
    """Return endpoint → template; an empty one where an endpoint has several."""
    known: dict[int, str] = {}
    for template, endpoint in _walk(routes, ""):
        before = known.get(id(endpoint))
        known[id(endpoint)] = template if before in (None, template) else ""
    return known


def _walk(routes: Sequence[Any], before: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for route in routes:
        path = before + _template(route)
        below = getattr(route, "routes", None)
        if below:
            found += _walk(below, path)
        endpoint = getattr(route, "endpoint", None)
        if endpoint is not None:
            found.append((path or "/", endpoint))
        elif getattr(route, "app", None) is not None and not below:
            found.append((f"{path}/*", route.app))
    return found


def _template(route: Any) -> str:
    """Return a route's path without the types of its parameters; of a mount, its beginning."""
    said = "path" if _is_mount(route) else "path_format"
    return str(getattr(route, said, getattr(route, "path", "")))


def _is_mount(route: Any) -> bool:
    return hasattr(route, "app") and hasattr(route, "routes")


def _match(routes: Sequence[Any], scope: Scope) -> str:
    """Return the template by matching the path once more, through mounts."""
    root = scope.get("app_root_path", scope.get("root_path", ""))
    inner = {**scope, "root_path": root, "path_params": {}}
    template = ""
    while routes:
        for route in routes:
            matched, child = route.matches(inner)
            if matched.value:
                break
        else:
            return ""
        template += _template(route)
        inner.update(child)
        routes = getattr(route, "routes", None) or ()
    return template
