"""The commands: a half-made environment is noticed, mistakes are said."""

import sys
from pathlib import Path

import pytest

import tasks


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """Give tasks an empty place, and stand-ins for venv and pip."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(tasks, "VENV", folder)
    monkeypatch.setattr(tasks, "OURS", folder / "made-by-tasks.txt")
    monkeypatch.setattr(tasks, "READY", folder / "ready.txt")
    made = []

    def make(command: list[str]) -> int:
        made.append(command)
        (folder / "bin").mkdir()
        (folder / "bin" / "python").touch()
        (folder / "Scripts").mkdir()
        (folder / "Scripts" / "python.exe").touch()
        return 0

    monkeypatch.setattr(tasks.subprocess, "call", make)
    monkeypatch.setattr(tasks, "_install", made.append)
    return folder, made


def test_the_environment_is_made_once(venv) -> None:
    folder, made = venv
    python = tasks.ensure_environment()
    assert python.startswith(str(folder))
    assert made[0][1:] == ["-m", "venv", str(folder)]
    assert "--require-hashes" in made[1] and "-e" in made[2]
    assert tasks.ensure_environment() == python
    assert len(made) == 3


def test_an_interrupted_environment_is_made_anew(venv, monkeypatch) -> None:
    folder, _ = venv

    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tasks, "_install", stopped)
        tasks.ensure_environment()
    assert folder.exists() and not (folder / "ready.txt").exists()
    (folder / "half-unpacked").touch()
    tasks.ensure_environment()
    assert (folder / "ready.txt").exists()
    assert not (folder / "half-unpacked").exists()


def test_a_changed_lock_makes_it_anew(venv, tmp_path, monkeypatch) -> None:
    _, made = venv
    tasks.ensure_environment()
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2.0\n")
    monkeypatch.setattr(tasks, "LOCK", lock)
    tasks.ensure_environment()
    assert len(made) == 6


def test_somebody_else_s_environment_is_left_alone(venv) -> None:
    folder, made = venv
    folder.mkdir()
    (folder / "pyvenv.cfg").touch()
    with pytest.raises(SystemExit, match="was not made by this command"):
        tasks.ensure_environment()
    assert made == [] and (folder / "pyvenv.cfg").exists()


def test_a_failed_install_shows_pip_s_words(capsys) -> None:
    script = "print('No matching distribution'); raise SystemExit(1)"
    with pytest.raises(SystemExit) as caught:
        tasks._install([sys.executable, "-c", script])
    assert "No matching distribution" in str(caught.value)
    assert "check network and disk" in str(caught.value)


def test_another_python_is_looked_for(monkeypatch) -> None:
    monkeypatch.setattr(tasks.sys, "version_info", (3, 14, 0))
    answers = {"python3.12": "/x"}
    monkeypatch.setattr(
        tasks, "_answer", lambda name, *_: answers.get(name, "")
    )
    assert tasks._base_python() == "/x"
    answers.clear()
    with pytest.raises(SystemExit, match=r"needs Python 3\.11, 3\.12 or 3\.13"):
        tasks._base_python()


def test_the_environment_is_not_replaced_from_inside(venv, monkeypatch) -> None:
    folder, made = venv
    monkeypatch.setattr(tasks.sys, "prefix", str(folder))
    with pytest.raises(SystemExit, match="deactivate"):
        tasks.ensure_environment()
    assert made == []


def test_other_libraries_are_installed_once(
    tmp_path, monkeypatch, capsys
) -> None:
    made = []
    folder = tmp_path / ".venv-peers"

    def call(command: list[str]) -> int:
        folder.mkdir(exist_ok=True)
        made.append(command)
        return 0

    monkeypatch.setattr(tasks, "PEERS", folder)
    monkeypatch.setattr(tasks.subprocess, "call", call)
    for _ in range(2):
        tasks.ensure_peers()
    assert len(made) == 2 and made[0][1:3] == ["-m", "venv"]
    assert made[1][-2:] == ["-r", str(tasks.PEERS_LIST)]

    (folder / "ready.txt").unlink()  # as if it had been interrupted
    monkeypatch.setattr(tasks.subprocess, "call", lambda _: 1)
    with pytest.raises(SystemExit, match="leave --peers out"):
        tasks.ensure_peers()
    assert not (folder / "ready.txt").exists()
    assert capsys.readouterr().out.count("Making .venv-peers") == 2


def test_decks_are_made_in_an_environment_of_their_own(monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(tasks, "ensure_environment", lambda: "of the lesson")
    monkeypatch.setattr(tasks, "ensure_slides", lambda: "of the decks")
    monkeypatch.setattr(tasks, "_run", lambda *x, **_: ran.append(x) or 0)
    assert tasks.main(["slides", "--pdf"]) == tasks.main(["student"]) == 0
    make = ("-m", "tools.make_slides", "build/slides", "--pdf")
    copy = ("-m", "tools.student_copies", "build/student")
    assert ran == [("of the decks", *make), ("of the lesson", *copy)]


@pytest.mark.parametrize("option", ["--peers", "--formats", "--recipes"])
def test_what_belongs_to_bench_is_refused_elsewhere(option, capsys) -> None:
    with pytest.raises(SystemExit):
        tasks.main(["lesson", option])
    assert "go with bench only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "program"),
    [
        ([], ["benchmarks/compare.py"]),
        (["--peers"], ["benchmarks/compare.py", "--peers"]),
        (["--formats"], ["benchmarks/number_formats.py"]),
        (["--recipes"], ["-m", "benchmarks.recipes"]),
    ],
)
def test_bench_runs_what_is_asked_for(options, program, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(tasks, "ensure_environment", lambda: "python")
    monkeypatch.setattr(tasks, "ensure_peers", lambda: None)
    monkeypatch.setattr(tasks, "_run", lambda *x, **_: ran.append(x) or 0)
    assert tasks.main(["bench", *options]) == 0
    assert ran == [("python", *program)]


@pytest.mark.parametrize(
    ("arguments", "program"),
    [
        (
            ["train", "--recipe", "one-minute"],
            ["tools/train_recipe.py", "one-minute"],
        ),
        (
            ["train", "--recipe", "twenty-minutes", "--reference"],
            ["tools/train_recipe.py", "twenty-minutes", "--reference"],
        ),
        (
            ["outputs"],
            ["-m", "tools.run_notebooks", "build/outputs", "--store"],
        ),
        (
            ["outputs", "--again"],
            [
                "-m",
                "tools.run_notebooks",
                "build/outputs",
                "--store",
                "--again",
            ],
        ),
    ],
)
def test_options_reach_the_program(arguments, program, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(tasks, "_run", lambda *x, **_: ran.append(x) or 0)
    assert tasks.main([*arguments, "--here"]) == 0
    assert ran == [(sys.executable, *program)]


def test_outputs_come_from_the_full_profile(monkeypatch) -> None:
    variables = {}
    monkeypatch.setenv("TEXTGEN_CORPUS", "my_text.txt")
    monkeypatch.setattr(tasks, "_run", lambda *_, **x: variables.update(x) or 0)
    assert tasks.main(["outputs", "--here"]) == 0
    assert variables["TEXTGEN_PROFILE"] == "full"
    assert variables["TEXTGEN_CORPUS"] == "shakespeare"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train"], "Say which: --recipe and one-minute, three-minutes"),
        (["train", "--recipe", "an-hour"], "invalid choice: 'an-hour'"),
        (["test", "--recipe", "one-minute"], "--recipe can go with train only"),
        (["bench", "--reference"], "--reference can go with train only"),
        (["lesson", "--again"], "--again can go with outputs only"),
        (["lesson", "--pdf"], "--pdf can go with slides only"),
    ],
)
def test_options_in_the_wrong_place_are_said(arguments, said, capsys) -> None:
    with pytest.raises(SystemExit):
        tasks.main(arguments)
    assert said in capsys.readouterr().err


def test_a_corpus_is_found_from_the_notebooks_folder(
    tmp_path, monkeypatch
) -> None:
    (tmp_path / "my.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert tasks._corpus("my.txt") == str((tmp_path / "my.txt").resolve())
    assert tasks._corpus("shakespeare") == "shakespeare"


def test_a_missing_corpus_is_said_before_anything_else() -> None:
    with pytest.raises(SystemExit, match=r"no text file 'nowhere\.txt'"):
        tasks.main(["lesson", "--corpus", "nowhere.txt"])


@pytest.mark.parametrize("command", ["lesson", "lab"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_text_of_one_s_own_is_described_first(
    command, code, tmp_path, monkeypatch
) -> None:
    ran = []
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")
    monkeypatch.setattr(tasks, "_run", lambda *x: ran.append(x) or code)
    path = tmp_path / "my.txt"
    path.touch()
    options = ["--here", "--corpus", str(path)]
    assert tasks.main([command, *options]) == code
    describe = ("-m", "textgen_helpers.own_text", str(path.resolve()))
    assert ran[0] == (sys.executable, *describe)
    assert len(ran) == (1 if code else 2)  # what is no use is not run


@pytest.mark.parametrize("text", ["", "sample", "shakespeare"])
def test_our_own_texts_need_no_description(text, monkeypatch) -> None:
    ran = []
    monkeypatch.setenv("TEXTGEN_CORPUS", text)
    monkeypatch.setattr(tasks, "_run", lambda *x: ran.append(x) or 0)
    assert tasks.main(["lesson", "--here"]) == 0
    assert ran == [
        (sys.executable, "-m", "tools.run_notebooks", "build/lesson")
    ]


def test_stopping_is_no_error(monkeypatch, capsys) -> None:
    def stopped(_: str) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(tasks.COMMANDS, "lint", stopped)
    assert tasks.main(["lint", "--here"]) == 130
    assert "The same command starts again" in capsys.readouterr().out


def test_an_environment_in_use_is_said(venv, monkeypatch) -> None:
    folder, _ = venv
    tasks.ensure_environment()
    (folder / "ready.txt").unlink()

    def locked(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(type(folder), "rename", locked)
    with pytest.raises(SystemExit, match="close JupyterLab, start again"):
        tasks.ensure_environment()


def test_a_program_s_answer_or_nothing() -> None:
    assert tasks._answer(sys.executable, "-c", "print(3)") == "3"
    assert tasks._answer(sys.executable, "-c", "raise SystemExit(1)") == ""
    assert tasks._answer("a program that is nowhere") == ""


def test_options_reach_the_notebooks(monkeypatch, tmp_path) -> None:
    (tmp_path / "my.txt").touch()
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")
    seen = {}

    def lesson(_: str) -> int:
        names = ("TEXTGEN_PROFILE", "TEXTGEN_CORPUS")
        seen.update({name: tasks.os.environ[name] for name in names})
        return 0

    monkeypatch.setitem(tasks.COMMANDS, "lesson", lesson)
    corpus = str((tmp_path / "my.txt").resolve())
    options = ["--here", "--profile", "full", "--corpus", corpus]
    assert tasks.main(["lesson", *options]) == 0
    assert seen == {"TEXTGEN_PROFILE": "full", "TEXTGEN_CORPUS": corpus}


def test_notebooks_are_tested_small_and_from_nothing(monkeypatch) -> None:
    seen = {}

    def run(*command: str, **variables: str) -> int:
        seen.update(variables)
        if variables:
            assert not list(Path(variables["TEXTGEN_CHECKPOINTS"]).iterdir())
        return 0

    monkeypatch.setattr(tasks, "_run", run)
    tasks.test("python")
    assert seen["TEXTGEN_PROFILE"] == "quick"
    assert seen["TEXTGEN_CORPUS"] == "sample"


def test_children_speak_utf8() -> None:
    script = "import sys; sys.exit(sys.flags.utf8_mode)"
    assert tasks._run(sys.executable, "-c", script) == 1


def test_a_killed_check_fails(monkeypatch) -> None:
    monkeypatch.setattr(
        tasks, "_run", lambda *command: -9 if "mypy" in command else 0
    )
    assert tasks.lint("python") == 1


@pytest.mark.parametrize("broken", ["ruff", "mypy", "tests", "notebooks", ""])
def test_one_failed_check_fails_the_test_command(
    broken: str, monkeypatch, capsys
) -> None:
    def run(*command: str, **variables: str) -> int:
        return int(broken in command)

    monkeypatch.setattr(tasks, "_run", run)
    assert tasks.test("python") == (1 if broken else 0)
    assert ("FAILED" in capsys.readouterr().out) == bool(broken)
