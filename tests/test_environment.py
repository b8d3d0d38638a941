"""pyproject.toml, requirements.lock and environment.yml say the same."""

import re
import tomllib
from importlib.metadata import version
from itertools import chain
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


def requirements() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    texts = [*PROJECT["dependencies"], *chain.from_iterable(extras)]
    return [Requirement(text) for text in texts]


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


@pytest.mark.parametrize(
    ("name", "count"),
    [("requirements.lock", 100), ("benchmarks/peers.lock", 40)],
)
def test_a_lock_has_hashes_and_no_address(name, count) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert len(entries) > count
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_the_peers_are_locked_as_they_are_asked_for() -> None:
    asked = (ROOT / "benchmarks/peers.in").read_text().splitlines()
    lock = (ROOT / "benchmarks/peers.lock").read_text()
    names = [line for line in asked if not line.startswith("#")]
    assert len(names) == 2
    assert all(f"\n{name} " in lock for name in names)


def test_conda_takes_its_versions_from_pyproject() -> None:
    python, pip, packages = CONDA["dependencies"]
    extras = ",".join(PROJECT["optional-dependencies"])
    assert pip == "pip"
    assert packages == {"pip": [f"-e .[{extras}]"]}
    name, _, number = python.partition("=")
    assert name == "python"
    assert f"{number}.0" in SpecifierSet(PROJECT["requires-python"])


def workflow_jobs(name: str) -> dict:
    text = (ROOT / f".github/workflows/{name}.yml").read_text()
    return yaml.safe_load(text)["jobs"]


def test_ci_runs_the_oldest_and_the_newest_python() -> None:
    job = workflow_jobs("ci")["test"]
    pythons = SpecifierSet(PROJECT["requires-python"])
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert "3.10.9" not in pythons and "3.14.0" not in pythons
    assert job["steps"][-1] == {"run": "python tasks.py test"}
    assert "python3 tasks.py test\n" in (ROOT / ".ci/run").read_text()


def test_ci_runs_the_oldest_and_the_newest_packages() -> None:
    floor = workflow_jobs("ci")["floor"]["steps"]
    assert floor[-1] == {"run": "python tasks.py compat --floor"}
    newest = workflow_jobs("newest")["newest"]["steps"]
    assert newest[-2]["run"] == "python tasks.py compat --newest"
    assert newest[-1]["if"] == "failure()"
    assert "build/compat.md" in newest[-1]["run"]


@pytest.mark.parametrize("name", ["ci", "newest"])
def test_an_action_is_named_by_its_commit(name) -> None:
    actions = [
        step["uses"]
        for job in workflow_jobs(name).values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert actions
    for action in actions:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action


def test_what_comes_with_the_package_is_in_the_project() -> None:
    wheel = TOML["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["force-include"]) == {
        "data/sample.txt",
        "data/pretrained.npz",
        "data/repeats.json",
    }
    for source, target in wheel["force-include"].items():
        assert (ROOT / source).is_file()
        assert target == f"textgen_helpers/{source}"


def test_what_is_downloaded_or_made_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for name in ("data/shakespeare.txt", "training_checkpoints/", "build/"):
        assert name in ignored
    assert ".venv*/" in ignored
