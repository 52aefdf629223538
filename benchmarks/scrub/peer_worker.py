"""Scrubs texts with one scrubber and times it; stands alone, since it also runs in the peers' venv.

    python peer_worker.py NAME < texts.json > result.json

Each text is new to the process, and only the calls to the scrubber are timed, in CPU time.
"""

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["SCRUBBERS", "cut", "hide_engines"]

_HELD: list[object] = []

Scrub = Callable[[str], str]
_WARM = (
    "user ann@northwind.dev from 198.51.100.7 logged in",
    "GET /health 200 3ms",
    "password=hunter22",
)


def cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` with each span, overlapping ones merged, replaced by a marker."""
    made, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start >= at:
            made += [text[at:start], "[x]"]
        at = end
    return "".join([*made, text[at:]])


def hide_engines(names: Iterable[str]) -> None:
    """Make Tallow's engines `c` or `re2` unimportable; call it before Tallow is imported."""
    for name in names:
        module = {"c": "tallow.scrub.matcher._scan", "re2": "re2"}[name]
        sys.modules[module] = None  # type: ignore[assignment]  # as if it were not installed


def _tallow(*hidden: str) -> Callable[[], Scrub]:
    def load() -> Scrub:
        hide_engines(hidden)
        from tallow.scrub import scrub_pii

        return scrub_pii

    return load


def _cloakrs() -> Scrub:
    import cloakrs

    return cloakrs.Scanner().mask


def _cpex() -> Scrub:
    from cpex_pii_filter import PIIDetectorRust
    from cpex_secrets_detection.secrets_detection_rust import py_scan_container

    personal = PIIDetectorRust({"default_mask_strategy": "redact"})
    secret = {"redact": True, "redaction_text": "[REDACTED]"}

    def scrub(text: str) -> str:
        masked = personal.mask(text, personal.detect(text))
        return str(py_scan_container(masked, secret)[1])

    return scrub


def _datafog() -> Scrub:
    import datafog

    return lambda text: datafog.redact(text).redacted_text


def _datafog_core() -> Scrub:
    import datafog_core

    def ranges(text: str) -> Iterator[tuple[int, int]]:
        for found in datafog_core.scan(text):
            yield found.codepoint_range.start, found.codepoint_range.end

    return lambda text: cut(text, ranges(text))


def _detect_secrets() -> Scrub:
    # The loop of its file scan: its `scan_line` searches eagerly and flags plain words.
    from detect_secrets.core.scan import _process_line_based_plugins
    from detect_secrets.settings import default_settings

    # Left open for the life of the process: closing it would empty the list of detectors.
    _HELD.append(settings := default_settings())
    settings.__enter__()

    def scrub(text: str) -> str:
        lines = list(enumerate(text.split("\n"), 1))
        for found in _process_line_based_plugins(lines, "telemetry.log"):
            if found.secret_value:
                text = text.replace(found.secret_value, "[x]")
        return text

    return scrub


def _euredact() -> Scrub:
    import euredact

    return lambda text: euredact.redact(text).redacted_text


def _logfire() -> Scrub:
    from logfire._internal.scrubbing import Scrubber

    scrubber = Scrubber(None)
    return lambda text: str(scrubber.scrub_value(("value",), text)[0])


def _maskerlogger() -> Scrub:
    from maskerlogger import MaskerFormatter

    formatter = MaskerFormatter("%(message)s")

    def scrub(text: str) -> str:
        return formatter.format(logging.LogRecord("app", logging.INFO, "", 0, text, None, None))

    return scrub


def _presidio() -> Scrub:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        """A tokenizer without a model: patterns only."""

        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    # Its e-mail check would otherwise fetch the public suffix list.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    words = Blank()
    words.load()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=words)
    engine = AnalyzerEngine(registry=registry, nlp_engine=words, supported_languages=["en"])
    return lambda text: cut(
        text, ((found.start, found.end) for found in engine.analyze(text, language="en"))
    )


def _scrubadub() -> Scrub:
    import scrubadub

    scrubber = scrubadub.Scrubber()
    return scrubber.clean


def _scrubbers() -> Scrub:
    import scrubbers

    return scrubbers.scrub_text


def _sentry_relay() -> Scrub:
    from sentry_relay.processing import convert_datascrubbing_config, pii_strip_event

    rules = convert_datascrubbing_config(
        {"scrubData": True, "scrubDefaults": True, "scrubIpAddresses": True}
        | {"sensitiveFields": [], "excludeFields": []}
    )

    def scrub(text: str) -> str:
        event = pii_strip_event(rules, {"extra": {"value": text}})
        return str(event["extra"]["value"])

    return scrub


SCRUBBERS: dict[str, Callable[[], Scrub]] = {
    "tallow": _tallow(),
    "tallow (RE2 alone)": _tallow("c"),
    "tallow (pure Python)": _tallow("c", "re2"),
    "cloakrs": _cloakrs,
    "cpex pii + secrets": _cpex,
    "datafog": _datafog,
    "datafog-core": _datafog_core,
    "detect-secrets": _detect_secrets,
    "euredact": _euredact,
    "logfire scrubber": _logfire,
    "maskerlogger": _maskerlogger,
    "presidio (patterns only)": _presidio,
    "scrubadub": _scrubadub,
    "scrubbers": _scrubbers,
    "sentry-relay": _sentry_relay,
}
"""Each scrubber out of the box; Tallow's three run in the project's interpreter."""


def _run(scrub: Scrub, texts: list[str]) -> dict[str, Any]:
    left, crashes = [], 0
    for text in _WARM * 3:
        scrub(text)
    began = time.process_time()
    for text in texts:
        try:
            left.append(scrub(text))
        except Exception:
            crashes += 1
            left.append(text)
    return {"took_s": time.process_time() - began, "left": left, "crashes": crashes}


def main() -> None:
    """Read texts, scrub them, write what is left and how long it took."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    texts = json.loads(sys.stdin.buffer.read())
    answer = _run(SCRUBBERS[sys.argv[1]](), texts)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
