"""pyproject.toml, requirements.lock and environment.yml say the same."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from textgen_helpers.settings import ROOT

TOML = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, SLIDES = TOML["project"], TOML["dependency-groups"]["slides"]
LOCK = (ROOT / "requirements.lock").read_text()
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())


def requirements() -> Iterator[Requirement]:
    for text in PROJECT["dependencies"]:
        yield Requirement(text)
    for group in PROJECT["optional-dependencies"].values():
        yield from map(Requirement, group)


def locked(name: str, python: str) -> str:
    """Return the version that a Python gets of a package."""
    lines = re.findall(r"^([a-z0-9-]+==[^\\]+)", LOCK, flags=re.M)
    wanted = {"python_full_version": f"{python}.5", "python_version": python}
    (version,) = [
        str(found.specifier).removeprefix("==")
        for found in map(Requirement, lines)
        if found.name == name
        and (found.marker is None or found.marker.evaluate(wanted))
    ]
    return version


def test_the_lesson_s_packages_are_asked_for() -> None:
    names = {requirement.name for requirement in requirements()}
    assert names >= {"tensorflow", "numpy", "matplotlib", "jupyter", "nbval"}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("wanted", requirements(), ids=str)
def test_the_lock_holds_what_the_project_asks_for(wanted, python) -> None:
    assert locked(wanted.name, python) in wanted.specifier


@pytest.mark.parametrize("wanted", requirements(), ids=str)
def test_what_is_installed_is_what_the_project_asks_for(wanted) -> None:
    assert version(wanted.name) in wanted.specifier


def test_the_lock_has_hashes_and_no_address() -> None:
    entries = re.split(r"\n(?=[a-z])", LOCK.strip())
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


def test_the_decks_lock_is_of_its_group_alone() -> None:
    lock = (ROOT / "tools" / "slides.lock").read_text()
    names = re.findall(r"^([a-z0-9-]+)==", lock, flags=re.M)
    assert {Requirement(text).name for text in SLIDES} <= set(names)
    assert "tensorflow" not in names and "://" not in lock
    assert lock.count("--hash=sha256:") >= len(names) > 20
    assert not re.search(r"^(sphinx|latex2mathml)", LOCK, flags=re.M)


def test_conda_takes_its_versions_from_pyproject() -> None:
    python, pip, packages = CONDA["dependencies"]
    assert pip == "pip"
    assert packages == {"pip": ["-e .[test]"]}
    assert set(PROJECT["optional-dependencies"]) == {"test"}
    name, _, number = python.partition("=")
    assert name == "python"
    assert f"{number}.0" in SpecifierSet(PROJECT["requires-python"])


def test_ci_runs_the_oldest_and_the_newest_python() -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()
    job = yaml.safe_load(workflow)["jobs"]["test"]
    pythons = SpecifierSet(PROJECT["requires-python"])
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert "3.10.9" not in pythons and "3.14.0" not in pythons
    assert job["steps"][-1] == {"run": "python tasks.py test"}
    assert "python3 tasks.py test\n" in (ROOT / ".ci/run").read_text()


def test_the_corpus_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"data/shakespeare.txt", "training_checkpoints/"} <= set(ignored)
