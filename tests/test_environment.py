"""pyproject.toml, requirements.lock and environment.yml say the same."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
TOML = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = TOML["project"]
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
    platform = {"python_full_version": f"{python}.5", "python_version": python}
    (specifier,) = [
        str(each.specifier)
        for each in map(Requirement, lines)
        if each.name == name
        and (each.marker is None or each.marker.evaluate(platform))
    ]
    return specifier.removeprefix("==")


def test_the_project_needs_what_the_lesson_and_its_decks_need() -> None:
    names = {requirement.name for requirement in requirements()}
    assert names >= {"tensorflow", "numpy", "matplotlib", "jupyter", "nbval"}
    assert "sphinx-revealjs" in names


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("needed", requirements(), ids=str)
def test_the_lock_holds_what_the_project_needs(needed, python) -> None:
    assert locked(needed.name, python) in needed.specifier


@pytest.mark.parametrize("needed", requirements(), ids=str)
def test_what_is_installed_is_what_the_project_needs(needed) -> None:
    assert version(needed.name) in needed.specifier


def test_the_lock_has_hashes_and_no_address() -> None:
    entries = re.split(r"\n(?=[a-z])", LOCK.strip())
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


def test_conda_takes_its_versions_from_pyproject() -> None:
    python, pip, packages = CONDA["dependencies"]
    extras = ",".join(PROJECT["optional-dependencies"])
    assert pip == "pip"
    assert packages == {"pip": [f"-e .[{extras}]"]}
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


def test_what_comes_with_the_package_is_in_the_project() -> None:
    wheel = TOML["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["force-include"]) == {
        "data/sample.txt",
        "data/pretrained.npz",
    }
    for source, target in wheel["force-include"].items():
        assert (ROOT / source).is_file()
        assert target == f"textgen_helpers/{source}"


def test_what_is_downloaded_or_made_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for name in ("data/shakespeare.txt", "training_checkpoints/", "build/"):
        assert name in ignored
    assert ".venv*/" in ignored
