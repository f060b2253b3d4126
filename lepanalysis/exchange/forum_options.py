"""What the user may say to the readers of forums and interviews, held against what each of them knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

KEEP, DROP = "keep", "drop"


def chosen(options: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """Return what was said for an option, the first of `known` where nothing was.

    Parameters
    ----------
    options : mapping
    name : str
    known : tuple of str

    Raises
    ------
    UsageError
    """
    value = str(options.get(name) or known[0])
    if value not in known:
        raise UsageError(f"{name}={value} is not known; say {' or '.join(known)}")
    return value


def zone_of(options: Mapping[str, Any]) -> dt.tzinfo:
    """Return the zone in whose time messages are dated: UTC unless ``zone`` says otherwise.

    Parameters
    ----------
    options : mapping

    Raises
    ------
    UsageError
    """
    name = str(options.get("zone") or "UTC")
    if name == "UTC":
        import datetime as dt

        return dt.UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"zone={name} is no time zone that is known here; say one such as Europe/London") from None


def stated_study(options: Mapping[str, Any], title: str, source: str) -> dict[str, Any]:
    """Return study.yaml as far as a reader knows it; a class is never made less strict than ``restricted`` by itself.

    Parameters
    ----------
    options : mapping
    title, source : str
        What to say where the user says nothing.
    """
    return {
        "title": str(options.get("title") or title),
        "class": str(options.get("class") or "restricted"),
        "source": str(options.get("source") or source),
        "licence": str(options.get("licence") or "not stated"),
        "language": options.get("language"),
    }
