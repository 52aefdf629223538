"""`tallow scrub`: clean what comes by, or say what is in files without changing them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import click

from tallow import scrub as scrubber
from tallow.settings import read

__all__ = ["scrub"]

_STDIN: Final = "-"


class _UnreadableError(click.ClickException):
    """A file that is not there or may not be read."""

    exit_code = 2


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--explain", is_flag=True, help="Say what is found, by which rule and where.")
@click.option("--check", is_flag=True, help="As --explain, and exit 1 when something is found.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of your own rules, as TALLOW_SCRUB_RULES.",
)
def scrub(
    files: tuple[Path, ...], explain: bool, check: bool, form: str, rules: Path | None
) -> None:
    """Clean FILES, or stdin, to stdout; with --explain or --check only say what is in them.

    Bytes that are no text pass as they are. Findings never show what was found. Exit code: 0, or
    1 when --check found something, or 2 when a file cannot be read or a rule is refused.
    """
    given = {} if rules is None else {"scrub_rules": rules}
    scrubber.configure(scrubber.Policy.of(read(None, **given)))
    names = files or (Path(_STDIN),)
    if not (explain or check):
        for name in names:
            with _opened(name) as source:
                scrubber.scrub_stream(source.read, sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
        return
    found = _findings(names)
    many = _print_text(found) if form == "text" else _print_all(list(found), form)
    if check:
        sys.exit(1 if many else 0)


def _findings(names: tuple[Path, ...]) -> Iterator[scrubber.Place]:
    for name in names:
        shown = "stdin" if str(name) == _STDIN else name.as_posix()
        with _opened(name) as source:
            yield from scrubber.find_in_stream(shown, source.read)


def _opened(name: Path) -> BinaryIO:
    if str(name) == _STDIN:
        return sys.stdin.buffer
    try:
        return name.open("rb")
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise _UnreadableError(f"{name}: {why}") from None


def _print_text(found: Iterator[scrubber.Place]) -> int:
    many = 0
    for line in scrubber.to_text(found):
        click.echo(line)
        many += 1
    return many


def _print_all(found: list[scrubber.Place], form: str) -> int:
    click.echo(scrubber.to_sarif(found) if form == "sarif" else scrubber.to_json(found))
    return len(found)
