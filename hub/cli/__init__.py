"""The `hub` command: collects each room's commands, and turns errors into sentences."""

import sys
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from config import BadSettings, load_settings
from config.logging import configure_logging
from connectors.errors import ConnectorError
from hub.accounts.cli import tokens, users
from hub.cli.doctor import doctor
from hub.cli.init import init
from hub.cli.opened import open_hub
from hub.cli.pull import pull
from hub.cli.server import serve, worker
from hub.cli.settings import config
from hub.database import driver_words
from hub.demo.cli import demo
from hub.errors import HubError
from hub.forwarding.cli import forwarders
from hub.lrs.cli import statements
from hub.lrs.vendor_cli import vendors
from hub.progress.cli import progress
from hub.sources.cli import sources
from hub.transcript.cli import transcript

NEEDS_NO_HUB = {"init", "doctor", "demo", "serve", "config", "statements validate"}
ARGUMENTS = "hub.arguments"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(package_name="learning-record-hub", prog_name="hub")
@click.pass_context
def cli(context: click.Context, verbose: bool) -> None:
    """Self-paced and classroom learning in one true transcript per learner."""
    context.meta["verbose"] = verbose
    settings = load_settings()
    configure_logging(settings.log_format, "DEBUG" if verbose else "WARNING")
    words = [word for word in context.meta[ARGUMENTS] if not word.startswith("-")]
    asks_for_help = bool({"-h", "--help"} & set(context.meta[ARGUMENTS]))
    if NEEDS_NO_HUB & {" ".join(words[:1]), " ".join(words[:2])} or asks_for_help:
        context.obj = settings
    else:
        hub = open_hub(settings)
        context.call_on_close(hub.database.dispose)
        context.obj = hub


for command in (
    init,
    serve,
    worker,
    sources,
    pull,
    forwarders,
    transcript,
    users,
    tokens,
    vendors,
    statements,
    progress,
    doctor,
    config,
    demo,
):
    cli.add_command(command)


def _complain(message: str, hint: str = "") -> None:
    # Never as markup: it may hold another system's own words.
    line = Text(f"✗ {message}")
    line.stylize("bold red", 0, 1)
    talk = Console(stderr=True, highlight=False)
    talk.print(line, soft_wrap=True)
    if hint:
        talk.print(Text(f"  {hint}"), soft_wrap=True)


def _from_outside(error: SQLAlchemyError | PermissionError) -> tuple[str, str]:
    """Message and hint for what the database or the operating system refused."""
    if isinstance(error, PermissionError):
        return (
            f"The system did not let the hub use {error.filename}: “{error.strerror}”.",
            "Run it as the user to whom the hub's files belong.",
        )
    return (
        f"The database did not do what was asked: “{driver_words(error)}”.",
        "Run `hub doctor` to see whether it can be reached and is up to date.",
    )


def _run(arguments: list[str]) -> int:
    with cli.make_context("hub", list(arguments)) as context:
        context.meta[ARGUMENTS] = arguments
        return cli.invoke(context) or 0


def main(arguments: list[str] | None = None) -> Any:
    """Run the command. Exit status 1: it could not be done; 2: it was not understood."""
    arguments = sys.argv[1:] if arguments is None else arguments
    verbose = "-v" in arguments or "--verbose" in arguments
    try:
        sys.exit(_run(arguments))
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BadSettings as error:
        for problem in error.problems:
            _complain(problem)
        sys.exit(2)
    except (HubError, ConnectorError) as error:
        _complain(error.message, error.hint)
        sys.exit(1)
    except (SQLAlchemyError, PermissionError) as error:
        _complain(*_from_outside(error))
        if verbose:
            raise
        sys.exit(1)
    except Exception as error:  # the command's edge
        if verbose:
            raise
        _complain(
            f"This is a defect of the hub: {type(error).__name__}: {error}",
            "Run it again with `hub -v` to see where, and please report it.",
        )
        sys.exit(1)
