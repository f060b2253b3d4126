"""Hold the research object of a build against the profile that it names, without a network.

Run by `make crate`, in an environment of its own: the validator brings some thirty packages that nothing else here
needs. What it would fetch, RO-Crate's JSON-LD context, is put into its cache first, from a package that carries it.

    python scripts/crate.py BUILD
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

import requests
import urllib3
from requests_cache import CachedSession
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate

PROFILE = "provenance-run-crate-0.5"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
# What the profiles recommend and a build does not do, by the recommendation's number, and why.
LEFT_OPEN = {
    "process-run-crate-0.5_3.2": "a notebook and the compendium have no public address yet",
    "process-run-crate-0.5_5.1": "likewise: ids of programs would be their addresses",
    "process-run-crate-0.5_8.4": "no clock: when a build ended stands in run.json",
    "process-run-crate-0.5_8.6": "who ran the build is not recorded",
    "ro-crate-1.1_22.2": "who made a study that CITATION.cff is not about is not known here",
    "ro-crate-1.1_22.3": "likewise: who publishes it",
    "ro-crate-1.1_31.2": "the contributors have no public address yet",
    "workflow-ro-crate-1.0_6.1": "a build holds no README",
    "workflow-ro-crate-1.0_6.2": "likewise",
}


def keep_context(cache: Path) -> None:
    """Put RO-Crate's context into a cache as if it had been fetched.

    Raises
    ------
    SystemExit
        When the installed package carries another context.
    """
    file = Path(str(distribution("rocrate").locate_file("rocrate/data/ro-crate.jsonld")))
    text = file.read_bytes()
    found = json.loads(text)["@id"]
    if found != CONTEXT:
        sys.exit(f"{file.name} of the package rocrate is {found}, and {CONTEXT} is needed; see scripts/crate.txt")
    response = requests.Response()
    response.status_code = 200
    response.url = CONTEXT
    response.headers["Content-Type"] = "application/ld+json"
    response.request = requests.Request("GET", CONTEXT).prepare()
    response.raw = urllib3.HTTPResponse(
        io.BytesIO(text), headers=response.headers, status=200, request_url=CONTEXT, preload_content=False
    )
    response._content = text  # noqa: SLF001 - where requests keeps what it has read
    session = CachedSession(cache_name=str(cache), backend="sqlite", expire_after=-1)
    session.cache.save_response(response)
    session.close()


def main(build: Path) -> int:
    """Say what the validator finds in a build; 1 where a requirement, or a recommendation kept so far, is not met."""
    if not (build / "ro-crate-metadata.json").is_file():
        print(f"there is no ro-crate-metadata.json in {build}; run make paper first")
        return 1
    with tempfile.TemporaryDirectory(prefix="lep-") as scratch:
        cache = Path(scratch) / "http"
        keep_context(cache)
        settings = ValidationSettings(
            rocrate_uri=str(build),
            profile_identifier=PROFILE,
            requirement_severity=Severity.RECOMMENDED,
            cache_path=cache,
            cache_max_age=-1,
            offline=True,
        )
        result = validate(settings)
    found = [(issue.check.identifier, issue.severity, issue.message, issue.violatingEntity) for issue in result.issues]
    open_ = sorted({name for name, severity, *_ in found if severity < Severity.REQUIRED and name in LEFT_OPEN})
    wrong = [item for item in found if item[0] not in open_]
    for name, severity, message, entity in wrong:
        print(f"{name} ({severity.name.lower()}), {entity or 'the whole'}: {message}")
    if wrong:
        print(f"{build.name} does not meet {PROFILE} in {len(wrong)} places.")
        return 1
    print(f"{build.name} meets every requirement of {PROFILE}. Recommendations left open:")
    for name in open_:
        print(f"  {name}: {LEFT_OPEN[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
