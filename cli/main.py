"""The `streamverse` command: its table of commands, each imported only when it is typed."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer._click.core import Command, Context  # typer carries its own click since 0.26
from typer.core import TyperCommand, TyperGroup

from .exits import EXITS_HELP, Exit, Stop


@dataclass(frozen=True)
class Entry:
    """Where a command lives (`module:attribute`, a typer.Typer) and what help says of it."""

    where: str
    summary: str

    def load(self, name: str) -> Command:
        module, _, attribute = self.where.partition(":")
        command = typer.main.get_command(getattr(importlib.import_module(module), attribute))
        command.name = name
        return command


COMMANDS = {
    "demo": Entry("cli.demo.command:app", "From this machine to a film that plays, in one go."),
    "status": Entry("cli.status:app", "Show how things are, and what to do."),
    "upload": Entry("cli.upload:app", "Bring a film to the store; print its s3:// address."),
    "url": Entry("cli.url:app", "Print the address to play an object from."),
    "doctor": Entry("cli.doctor:app", "Examine the installation."),
    "report": Entry("cli.report:app", "Gather what a bug report needs into one archive."),
    "cluster": Entry("cli.cluster:app", "Start, stop and look at the cluster on this machine."),
}
"""In the order that help lists them."""


class Lazy(TyperGroup):
    """Help is written from the table above; the module of a command loads when it is called."""

    def list_commands(self, ctx: Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        del ctx
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else TyperCommand(cmd_name, help=entry.summary)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        name, stub, rest = super().resolve_command(ctx, args)
        return name, COMMANDS[name].load(name) if stub and name else stub, rest


app = typer.Typer(
    cls=Lazy,
    help=f"Television on Kubernetes.\n\n{EXITS_HELP}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root() -> None:
    """Hold the group together; the commands carry their own options."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command and end the process with one of the documented codes."""
    command: Any = typer.main.get_command(app)
    called = Path(sys.argv[0]).name
    name = "kubectl streamverse" if called == "kubectl-streamverse" else "streamverse"
    try:
        command(args=argv, prog_name=name)
    except Stop as stop:
        typer.echo(f"{name}: {stop.sentence}", err=True)
        if stop.hint:
            typer.echo(f"  {stop.hint}", err=True)
        sys.exit(stop.code)
    except KeyboardInterrupt:
        sys.exit(128 + 2)
    sys.exit(Exit.OK)


if __name__ == "__main__":
    main()
