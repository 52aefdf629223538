"""The `tallow` command: its own subcommands, and the neighbours' found by entry point."""

import sys
from importlib.metadata import entry_points
from typing import Final

import click

from tallow.exceptions import TallowError

__all__ = ["main", "tallow"]

_GROUP: Final = "tallow.commands"
_OWN: Final = {
    "up": ("tallow.cli.up", "Run the transfer app and the console together."),
    "doctor": ("tallow.cli.doctor", "Say what is set, what is reachable, and what is missing."),
    "scrub": ("tallow.cli.scrub", "Clean text on its way from stdin to stdout, or check files."),
    "ping": ("tallow.cli.ping", "Send one signal of each kind and say where it arrived."),
}


class _Commands(click.Group):
    """Loads a command's module only when it is asked for, so that `tallow --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*_OWN, *(found.name for found in entry_points(group=_GROUP))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from importlib import import_module

        if cmd_name in _OWN:
            command = getattr(import_module(_OWN[cmd_name][0]), cmd_name)
            return command if isinstance(command, click.Command) else None
        for found in entry_points(group=_GROUP):
            if found.name == cmd_name:
                try:
                    loaded = found.load()
                except ModuleNotFoundError as missing:
                    return _unavailable(cmd_name, found.module, missing.name or "")
                return loaded if isinstance(loaded, click.Command) else None
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            if name in _OWN:
                rows.append((name, _OWN[name][1]))
            elif command := self.get_command(ctx, name):
                rows.append((name, command.get_short_help_str(limit=70)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _unavailable(name: str, module: str, missing: str) -> click.Command:
    """Return a command that says which extra would bring it."""
    extra = module.split(".", 1)[0].removeprefix("tallow_")
    told = f"not installed (needs {missing}); pip install 'tallow[{extra}]'"

    @click.command(name, help=told, context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1)
    def refuse(arguments: tuple[str, ...]) -> None:
        raise click.UsageError(f"tallow {name} is {told}")

    return refuse


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallow")
def tallow() -> None:
    """Privacy-first observability: nothing personal leaves."""


def main() -> None:
    """Run the command line; an error of ours is one line on stderr and exit 2."""
    try:
        tallow(prog_name="tallow")
    except TallowError as error:
        click.echo(f"tallow: {error}", err=True)
        sys.exit(2)
