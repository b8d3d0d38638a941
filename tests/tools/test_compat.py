"""Other versions of the packages: what is installed, and what is told."""

import json
import subprocess

import pytest

from tools import ROOT, compat, course_notebooks

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite>
  <testcase classname="notebooks.03_fit.ipynb" name="Cell 1"/>
  <testcase classname="notebooks.03_fit.ipynb" name="Cell 2">
    <failure message="m">text</failure>
  </testcase>
  <testcase classname="notebooks.03_fit.ipynb" name="Cell 3">
    <skipped message="m"/>
  </testcase>
  <testcase classname="tests.test_x" name="test_y"><error/></testcase>
</testsuite></testsuites>
"""
VERSIONS = {"python": "3.11.7", "keras": "3.8.0"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Let results be stored in an empty folder; return it."""
    monkeypatch.setattr(compat, "FOLDER", tmp_path / "compat")
    return tmp_path / "compat"


def store(folder, kind, **failures) -> None:
    folder.mkdir(exist_ok=True)
    content = {"versions": VERSIONS, "failures": failures}
    (folder / f"{kind}.json").write_text(json.dumps(content))


def test_the_floor_is_what_the_project_allows_at_least() -> None:
    floor = compat.requirements("floor")
    assert {"tensorflow==2.18.*", "keras==3.8.*"} <= set(floor)
    newest = compat.requirements("newest")
    assert {"tensorflow", "keras", "numpy", "matplotlib"} <= set(newest)
    assert len(floor) == len(newest)


def test_a_requirement_without_a_lowest_version_is_refused() -> None:
    for requirement in ("numpy", "numpy==2.0", "numpy<3"):
        with pytest.raises(ValueError, match="has no lowest version"):
            compat.pin(requirement, "floor")


def test_tools_for_tests_are_those_of_the_project() -> None:
    for kind in compat.KINDS:
        (nbval,) = [
            each
            for each in compat.requirements(kind)
            if each.startswith("nbval")
        ]
        assert ">=" in nbval


def test_packages_that_cannot_be_installed_are_said(monkeypatch) -> None:
    monkeypatch.setattr(compat.subprocess, "call", lambda *_: 1)
    with pytest.raises(SystemExit, match=r"of floor could not.*Python 3\.11"):
        compat.install("floor")


def test_the_project_is_installed_without_its_own_ranges(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(
        compat.subprocess, "call", lambda command: calls.append(command)
    )
    monkeypatch.setattr(compat.subprocess, "check_call", calls.append)
    compat.install("newest")
    packages, project = calls
    assert "--upgrade" in packages and "tensorflow" in packages
    assert "--no-deps" in project and str(ROOT) in project


def test_failures_are_read_from_the_report(tmp_path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    assert compat.read_report(path) == [
        "notebooks.03_fit.ipynb: Cell 2",
        "tests.test_x: test_y",
    ]


def test_pytest_runs_as_asked(tmp_path) -> None:
    path = tmp_path / "test_small.py"
    path.write_text(
        "import os\n"
        "def test_right(): pass\n"
        "def test_wrong(): assert os.environ['ANSWER'] == '41'\n"
    )
    plain = ["-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini")]
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    def failed_tests(answer: str) -> list[str]:
        # Loading pytest's plugins takes seconds, and none is needed here.
        return compat.failed_tests(
            [str(path), *plain],
            ANSWER=answer,
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        )

    (name,) = failed_tests("42")
    assert name.endswith(": test_wrong")
    assert failed_tests("41") == []


def test_a_run_without_a_test_has_failed(monkeypatch) -> None:
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 3)
    assert compat.failed_tests([]) == ["pytest ended with exit code 3"]


def test_tests_and_each_notebook_are_checked(monkeypatch, folder) -> None:
    seen = []

    def failed_tests(arguments, **variables) -> list[str]:
        seen.append((arguments, variables))
        return ["a: b"] if "tests" in arguments else []

    monkeypatch.setattr(compat, "failed_tests", failed_tests)
    compat.check("floor")
    found = compat.read_results(["floor"])["floor"]
    numbers = [path.stem[:2] for path in course_notebooks()]
    assert list(found["failures"]) == ["tests", *numbers]
    assert found["failures"]["tests"] == ["a: b"]
    assert found["versions"].keys() > {"python", "tensorflow", "keras"}
    for arguments, variables in seen[1:]:
        assert "--nbval-lax" in arguments
        assert variables["TEXTGEN_PROFILE"] == "quick"
        assert variables["TEXTGEN_CORPUS"] == "sample"


def test_old_packages_may_use_what_new_ones_deprecate(
    monkeypatch, folder
) -> None:
    seen = []
    monkeypatch.setattr(
        compat, "failed_tests", lambda x, **_: seen.append(x) or []
    )
    monkeypatch.setattr(compat, "course_notebooks", lambda: [])
    for kind in compat.KINDS:
        compat.check(kind)
    floor, newest = seen
    assert "ignore::DeprecationWarning" in floor
    assert "ignore::DeprecationWarning" not in newest


def test_the_table_names_what_has_failed(folder, capsys) -> None:
    store(folder, "floor", tests=[], **{"01": []})
    store(folder, "newest", tests=[], **{"01": ["01.ipynb: Cell 4"]})
    assert compat.main(["--table", "floor"]) == 0
    assert compat.main(["--table", "floor", "newest"]) == 1
    written = (folder.parent / "compat.md").read_text()
    assert capsys.readouterr().out.endswith(written)
    assert written == (
        "|  | python | keras | tests | 01 |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| floor | 3.11.7 | 3.8.0 | passed | passed |\n"
        "| newest | 3.11.7 | 3.8.0 | passed | FAILED |\n"
        "\n"
        "- newest, 01: 01.ipynb: Cell 4\n"
    )


def test_without_a_run_there_is_no_table(folder) -> None:
    with pytest.raises(SystemExit, match="Nothing is known of newest"):
        compat.main(["--table", "newest"])


def test_the_program_installs_and_checks(monkeypatch) -> None:
    done = []
    monkeypatch.setattr(compat, "install", lambda x: done.append(f"+{x}"))
    monkeypatch.setattr(compat, "check", lambda x: done.append(f"?{x}"))
    assert compat.main(["floor"]) == 0
    assert done == ["+floor", "?floor"]
