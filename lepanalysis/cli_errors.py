"""Errors meant for a person, as a command says them: a message and an exit status."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

import click

from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def spoken(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors meant for a person into a message and an exit status."""

    @functools.wraps(command)
    def wrapper(**options: object) -> None:
        try:
            command(**options)
        except UsageError as error:
            raise click.UsageError(str(error)) from None
        except LepanalysisError as error:
            click.echo(str(error), err=True)
            sys.exit(1)

    return wrapper
