"""Do the tests and the notebooks pass with other versions of the packages?

    python -m tools.compat floor
    python -m tools.compat newest
    python -m tools.compat --table floor newest

`python tasks.py compat` runs it, with the Python of an environment for each.
The floor is the lowest series that pyproject.toml allows of each package that
the lesson needs, with its last repairs (2.18.* for >=2.18); the newest is what
the package index has, whatever the project allows. --table prints what was
found, and writes it to build/compat.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from tasks import NBVAL, QUICK_RUN

from . import ROOT, course_notebooks

KINDS = ("floor", "newest")
FOLDER = ROOT / "build" / "compat"
SHOWN = ("tensorflow", "keras", "numpy", "matplotlib")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one kind, or print the table; return 1 if something failed."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kinds", nargs="+", choices=KINDS)
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args(arguments)
    if options.table:
        text = table(read_results(options.kinds))
        (FOLDER.parent / "compat.md").write_text(text, encoding="utf-8")
        print(text, end="")
        return 1 if "FAILED" in text else 0
    for kind in options.kinds:
        install(kind)
        check(kind)
    return 0


def requirements(kind: str) -> list[str]:
    """Return what pip installs for a kind, from pyproject.toml.

    The tools for tests and decks are always the newest that the project
    allows: a student's own packages are those of the lesson.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    packages = [pin(text, kind) for text in project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        packages += extra
    return packages


def pin(requirement: str, kind: str) -> str:
    """Return a requirement in its lowest series, or without a version."""
    name, _, versions = requirement.partition(">=")
    lowest = versions.partition(",")[0]
    if not lowest:
        raise ValueError(f"{requirement!r} has no lowest version (>=).")
    return f"{name}=={lowest}.*" if kind == "floor" else name


def install(kind: str) -> None:
    """Install the packages of a kind into the environment of this Python."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    packages = requirements(kind)
    # Eager: what these packages need is upgraded too.
    upgrade = ["install", "--upgrade", "--upgrade-strategy", "eager"]
    if subprocess.call([*pip, *upgrade, *packages]):
        sys.exit(
            f"The packages of {kind} could not be installed; pip says why "
            "above. An old TensorFlow needs an old Python: run the same "
            "command with Python 3.11."
        )
    project = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    subprocess.check_call([*pip, "install", *project])


def check(kind: str) -> None:
    """Run the tests and each notebook; store what has failed."""
    # Old packages use what newer ones have deprecated: that is no fault.
    warnings = ["-W", "ignore::DeprecationWarning"] if kind == "floor" else []
    tests = ["tests", "textgen_helpers", "--doctest-modules", *warnings]
    # This one says that other versions than those allowed are installed.
    tests += ["--ignore", "tests/test_environment.py"]
    failures = {"tests": failed_tests(tests)}
    with tempfile.TemporaryDirectory() as checkpoints:
        variables = {**QUICK_RUN, "TEXTGEN_CHECKPOINTS": checkpoints}
        for path in course_notebooks():
            notebook = [str(path), *NBVAL.split()]
            failures[path.stem[:2]] = failed_tests(notebook, **variables)
    versions = {"python": platform.python_version()}
    versions |= {name: version(name) for name in SHOWN}
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {"versions": versions, "failures": failures}
    (FOLDER / f"{kind}.json").write_text(json.dumps(found), encoding="utf-8")


def failed_tests(arguments: Sequence[str], **variables: str) -> list[str]:
    """Run pytest, and return the names of the tests that have failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        pytest = [sys.executable, "-m", "pytest", f"--junit-xml={report}"]
        code = subprocess.call(
            [*pytest, *arguments], cwd=ROOT, env={**os.environ, **variables}
        )
        names = read_report(report) if report.is_file() else []
    if code and not names:  # it did not come to a test
        return [f"pytest ended with exit code {code}"]
    return names


def read_report(path: Path) -> list[str]:
    """Return the names of the failed tests in a report in JUnit's format."""
    return [
        f"{case.get('classname')}: {case.get('name')}"
        for case in ElementTree.parse(path).iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]


def read_results(kinds: Sequence[str]) -> dict[str, dict]:
    """Return what `check` has stored of each kind."""
    results = {}
    for kind in kinds:
        path = FOLDER / f"{kind}.json"
        if not path.is_file():
            sys.exit(f"Nothing is known of {kind}: run tasks.py compat first.")
        results[kind] = json.loads(path.read_text(encoding="utf-8"))
    return results


def table(results: dict[str, dict]) -> str:
    """Return a row for each kind, and then the names of what has failed."""
    first = next(iter(results.values()))
    head = ["", *first["versions"], *first["failures"]]
    rows = [head, ["---"] * len(head)]
    failed = []
    for kind, found in results.items():
        row = [kind, *found["versions"].values()]
        for part, names in found["failures"].items():
            row.append("FAILED" if names else "passed")
            failed += [f"- {kind}, {part}: {name}" for name in names]
        rows.append(row)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if failed:
        lines += ["", *failed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
