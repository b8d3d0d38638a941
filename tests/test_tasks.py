"""The commands: environments, options, and what Ctrl-C ends."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import tasks
from textgen_helpers.files import plain_name

SOURCES = ("requirements.lock", "pyproject.toml")
INSTALLS = ("--require-hashes -r requirements.lock", "--no-deps -e .")
posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
# What `python -m ruff` finds first in the folder of a copy of tasks.py. The
# second process ignores the signals that ask politely.
ENDLESS = """
import signal, subprocess, sys, time
if sys.argv[-1] != "inner":
    inner = subprocess.Popen([sys.executable, __file__, "inner"])
else:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
while True:
    time.sleep(60)
"""


check_folders = tasks.check_folders


@pytest.fixture(autouse=True)
def _writable(monkeypatch) -> None:
    """Let the folders be writable, wherever the tests run."""
    monkeypatch.setattr(tasks, "check_folders", lambda: None)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give tasks an empty project; return it, and the programs that ran."""
    for name in SOURCES:
        (tmp_path / name).write_text(name)
    programs = []

    def run(*command: str) -> int:
        programs.append(command[1:])
        if command[1:3] == ("-m", "venv"):
            for name in ("bin/python", "Scripts/python.exe"):
                path = Path(command[3], name)
                path.parent.mkdir()
                path.touch()
        return 0

    monkeypatch.setattr(tasks, "ROOT", tmp_path)
    monkeypatch.setattr(tasks, "run", run)
    return tmp_path, programs


def finished_program(code: int):
    """Return a stand-in for `beside` whose program ends with a code."""

    @contextlib.contextmanager
    def beside(log: Path, *command: str):
        assert "--doctest-modules" in command
        log.write_text("the report of the tests\n")
        yield SimpleNamespace(wait=lambda: code)

    return beside


@pytest.fixture
def started(monkeypatch):
    """Let tasks start no program; return the ones it would have started."""
    programs = []

    def run(*command: str, **variables: str) -> int:
        programs.append((" ".join(command[1:]), variables))
        return 0

    monkeypatch.setattr(tasks, "run", run)
    monkeypatch.setattr(tasks, "beside", finished_program(0))
    monkeypatch.setattr(tasks, "environment", lambda *_: "python")
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")
    return programs


def make() -> str:
    return tasks.environment(".venv", SOURCES, *INSTALLS)


# Environments


def test_an_environment_is_made_once(project) -> None:
    folder, programs = project
    python = make()
    assert Path(python).is_relative_to(folder / ".venv")
    pip = ("-m", "pip", "--disable-pip-version-check", "install")
    assert programs == [
        ("-m", "venv", str(folder / ".venv")),
        (*pip, "--require-hashes", "-r", "requirements.lock"),
        (*pip, "--no-deps", "-e", "."),
    ]
    assert make() == python
    assert len(programs) == 3


def test_an_interrupted_environment_is_made_again(project, monkeypatch) -> None:
    folder, _ = project
    run = tasks.run

    def stop(*command: str) -> int:
        if "install" in command:
            raise KeyboardInterrupt
        return run(*command)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tasks, "run", stop)
        make()
    half = folder / ".venv" / "half-unpacked"
    half.touch()
    make()
    assert not half.exists()
    assert {path.name for path in folder.iterdir()} == {".venv", *SOURCES}


@pytest.mark.parametrize("name", SOURCES)
def test_a_changed_source_makes_it_again(name, project) -> None:
    folder, programs = project
    make()
    (folder / name).write_text("numpy==2.0")
    make()
    assert len(programs) == 6


def test_an_environment_cannot_be_moved(project, monkeypatch) -> None:
    folder, programs = project
    make()
    (folder / "moved").mkdir()
    for path in list(folder.iterdir()):
        if path.name != "moved":
            path.rename(folder / "moved" / path.name)
    monkeypatch.setattr(tasks, "ROOT", folder / "moved")
    make()
    assert len(programs) == 6


def test_somebody_else_s_environment_is_left_alone(project) -> None:
    folder, programs = project
    (folder / ".venv").mkdir()
    (folder / ".venv" / "pyvenv.cfg").touch()
    with pytest.raises(SystemExit, match="was not made by this command"):
        make()
    assert programs == [] and (folder / ".venv" / "pyvenv.cfg").exists()


def test_it_is_not_replaced_from_inside(project, monkeypatch) -> None:
    folder, programs = project
    make()
    (folder / "requirements.lock").write_text("numpy==2.0")
    monkeypatch.setattr(tasks.sys, "prefix", str(folder / ".venv"))
    with pytest.raises(SystemExit, match="Run `deactivate`, then the same"):
        make()
    assert len(programs) == 3


def test_an_environment_in_use_is_left_alone(project, monkeypatch) -> None:
    folder, _ = project
    make()
    (folder / "requirements.lock").write_text("numpy==2.0")

    def locked(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(SystemExit, match=r"in use \(Access .* Close JupyterL"):
        make()
    assert (folder / ".venv" / "bin" / "python").exists()


@pytest.mark.parametrize(
    ("program", "message"),
    [("venv", "install the package python3-venv"), ("pip", "Check network")],
)
def test_what_fails_is_said(program, message, project, monkeypatch) -> None:
    run = tasks.run

    def fail(*command: str) -> int:
        return 1 if program in command else run(*command)

    with monkeypatch.context() as patch, pytest.raises(SystemExit) as caught:
        patch.setattr(tasks, "run", fail)
        make()
    assert message in str(caught.value)
    make()  # it goes on from there


def test_another_python_is_looked_for(monkeypatch) -> None:
    monkeypatch.setattr(tasks.sys, "version_info", (3, 14, 0))

    def answer(command: list[str], **_: object) -> str:
        if command[0] == "python3.13":  # a shim for a missing version
            raise subprocess.CalledProcessError(127, command)
        if command[0] != "python3.12" or not answers:
            raise FileNotFoundError
        return answers[0]

    answers = ["/usr/bin/python3.12\n"]
    monkeypatch.setattr(tasks.subprocess, "check_output", answer)
    assert tasks.find_python() == "/usr/bin/python3.12"
    answers.clear()
    with pytest.raises(SystemExit, match=r"needs Python 3\.11, 3\.12 or 3\.13"):
        tasks.find_python()


def test_a_mac_with_an_intel_processor_is_said(monkeypatch) -> None:
    monkeypatch.setattr(tasks.sys, "platform", "darwin")
    monkeypatch.setattr(tasks.platform, "machine", lambda: "x86_64")
    with pytest.raises(SystemExit, match="Macs with an Intel processor"):
        tasks.find_python()


@pytest.mark.parametrize("name", ["project", "home"])
def test_a_folder_that_cannot_be_written_is_said(
    name, tmp_path, monkeypatch
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr(tasks, "check_folders", check_folders)
    monkeypatch.setattr(
        tasks, "ROOT", nowhere if name == "project" else tmp_path
    )
    monkeypatch.setenv("HOME", str(nowhere))
    monkeypatch.setenv("USERPROFILE", str(nowhere))
    with pytest.raises(SystemExit, match=f"written to the {name} folder .*now"):
        tasks.main(["slides", "--here"])


# Options


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("lesson", "-m tools.notebooks.run build/lesson"),
        ("lab", "-m jupyterlab notebooks -y"),
        ("lab -- --port 9999", "-m jupyterlab notebooks -y --port 9999"),
        ("train --recipe one-minute", "-m tools.train one-minute"),
        ("train --recipe x --pretrained", "-m tools.train x --pretrained"),
        (
            "train --recipe x --workers 2 --slurm",
            "-m tools.train x --workers=2 --slurm",
        ),
        ("outputs", "-m tools.notebooks.run build/outputs --store"),
        (
            "outputs --again",
            "-m tools.notebooks.run build/outputs --store --again",
        ),
        ("outputs --check", "-m tools.notebooks.run --check"),
        ("slides", "-m tools.slides.build build/slides"),
        ("slides --pdf", "-m tools.slides.build build/slides --pdf"),
        ("student", "-m tools.notebooks.student build/student"),
        ("bench", "-m benchmarks.compare"),
        ("bench --peers", "-m benchmarks.compare --peers"),
        ("bench --formats", "-m benchmarks.number_formats"),
        ("bench --recipes", "-m benchmarks.recipes"),
    ],
)
def test_a_command_starts_its_program(command, program, started) -> None:
    assert tasks.main(command.split()) == 0
    assert [each for each, _ in started] == [program]
    if "-m" in program and "jupyterlab" not in program:
        path = tasks.ROOT.joinpath(*program.split()[1].split("."))
        assert path.with_suffix(".py").is_file()


def test_here_needs_no_environment(started, monkeypatch) -> None:
    monkeypatch.setattr(tasks, "environment", None)
    assert tasks.main(["student", "--here"]) == 0


def test_peers_have_an_environment_of_their_own(started, monkeypatch) -> None:
    made = []
    monkeypatch.setattr(
        tasks, "environment", lambda *parts: made.append(parts) or "python"
    )
    assert tasks.main(["bench", "--peers", "--here"]) == 0
    packages = "benchmarks/peers.lock"
    install = f"--require-hashes -r {packages}"
    assert made == [(".venv-peers", (packages,), install)]
    assert (tasks.ROOT / packages).is_file()


def test_outputs_come_from_the_full_profile(started, monkeypatch) -> None:
    monkeypatch.setenv("TEXTGEN_CORPUS", "my_text.txt")
    assert tasks.main(["outputs"]) == 0
    _, variables = started[0]
    assert variables["TEXTGEN_PROFILE"] == "full"
    assert variables["TEXTGEN_CORPUS"] == "shakespeare"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("train", "required: --recipe"),
        ("outputs --again --check", "not allowed with argument --again"),
        ("bench --peers --recipes", "not allowed with argument --peers"),
        ("lesson --peers", "unrecognized arguments: --peers"),
        ("lint --corpus my.txt", "unrecognized arguments: --corpus my.txt"),
        ("lint -- my.txt", "unrecognized arguments"),
        ("lock --here", "unrecognized arguments: --here"),
        ("lesson --profile huge", "invalid choice: 'huge'"),
        ("lessons", "invalid choice: 'lessons'"),
        ("", "required: COMMAND"),
    ],
)
def test_an_option_in_the_wrong_place_is_refused(
    command, message, capsys
) -> None:
    with pytest.raises(SystemExit):
        tasks.main(command.split())
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", tasks.COMMANDS)
def test_a_command_explains_itself(command, capsys) -> None:
    with pytest.raises(SystemExit):
        tasks.main([command, "--help"])
    printed = capsys.readouterr().out
    assert tasks.COMMANDS[command].__doc__ in printed
    for owner, flag, meaning in tasks.FLAGS:
        assert (flag in printed) == (owner == command)
        assert owner != command or meaning in " ".join(printed.split())


@pytest.mark.parametrize("command", ["test", "lint"])
def test_a_read_only_project_can_be_checked(
    command, started, monkeypatch
) -> None:
    def refuse() -> None:
        raise SystemExit("Nothing can be written")

    monkeypatch.setattr(tasks, "check_folders", refuse)
    assert tasks.main([command, "--here"]) == 0
    assert len(started) >= 3
    with pytest.raises(SystemExit, match="Nothing can be written"):
        tasks.main([command])


def test_a_user_without_a_home_folder_is_told(monkeypatch) -> None:
    def no_home(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    monkeypatch.setattr(tasks, "check_folders", check_folders)
    with pytest.raises(SystemExit, match=r"has no home folder.*set HOME to"):
        tasks.main(["slides", "--here"])


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("lesson", "tensorflow"),
        ("slides", "sphinx_revealjs"),
        ("test", "nbval"),
        ("lint", "mypy"),
    ],
)
def test_packages_that_are_not_here_are_named(
    command, missing, started, monkeypatch
) -> None:
    find_spec = tasks.importlib.util.find_spec
    monkeypatch.setattr(
        tasks.importlib.util,
        "find_spec",
        lambda name: None if name == missing else find_spec(name),
    )
    message = rf"lacks {missing}\. Leave out --here, or install"
    with pytest.raises(SystemExit, match=message):
        tasks.main([command, "--here"])
    assert started == []


# The text of a lesson


@pytest.mark.parametrize("more", [[], ["--max-chars=9"]])
def test_a_file_that_cannot_be_opened_is_said_first(
    more, started, tmp_path, monkeypatch
) -> None:
    path = tmp_path / "my.txt"
    path.touch()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(
            SystemExit, match=r"cannot be read \(Permission den"
        ):
            tasks.main(["lesson", "--corpus", str(path), *more])
    with pytest.raises(
        SystemExit, match=r"cannot be read \(File name too l|no "
    ):
        tasks.main(["lesson", "--corpus", "a" * 300, *more])
    assert started == []


@pytest.mark.parametrize("name", ["nowhere.txt", ""])
@pytest.mark.parametrize("command", ["lesson", "lab"])
def test_a_missing_text_is_said_first(command, name, started) -> None:
    with pytest.raises(SystemExit, match=f"There is no text file '{name}'"):
        tasks.main([command, "--corpus", name])
    assert started == []


@pytest.mark.parametrize("command", ["lesson", "lab"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_text_of_one_s_own_is_described_first(
    command, code, tmp_path, started, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my text.txt"
    path.touch()
    run = tasks.run
    monkeypatch.setattr(tasks, "run", lambda *x: run(*x) or code)
    assert tasks.main([command, "--corpus", path.name]) == code
    assert started[0][0] == f"-m tools.own_text {path.resolve()}"
    assert len(started) == (1 if code else 2)  # what is no use is not run
    assert os.environ["TEXTGEN_CORPUS"] == str(path.resolve())


@pytest.mark.parametrize("text", ["", "sample", "shakespeare"])
def test_our_own_texts_need_no_description(text, started, monkeypatch) -> None:
    monkeypatch.setenv("TEXTGEN_CORPUS", text)
    assert tasks.main(["lesson", "--profile", "full"]) == 0
    assert [each for each, _ in started] == [
        "-m tools.notebooks.run build/lesson"
    ]
    assert os.environ["TEXTGEN_CORPUS"] == text
    assert os.environ["TEXTGEN_PROFILE"] == "full"


@pytest.mark.parametrize("command", ["lesson", "lab"])
@pytest.mark.parametrize(
    "more",
    [
        ["--encoding=cp1251"],
        ["--max-chars=15"],
        ["--encoding=x", "--max-chars=9"],
    ],
)
def test_the_notebooks_get_a_copy_of_what_is_chosen(
    command, more, tmp_path, started
) -> None:
    path = tmp_path / "it's $(touch x) caf\u00e9.txt"
    path.write_bytes(b"\xcc\xee\xf0\xe5")
    assert tasks.main([command, "--corpus", str(path), *more]) == 0
    copy = Path(os.environ["TEXTGEN_CORPUS"])
    assert copy.parent == tasks.ROOT / "build" / "own_texts"
    assert re.fullmatch(r"it-s-touch-x-caf-[0-9a-f]{8}\.txt", copy.name)
    options = " ".join([*more, f"--copy={copy}"])
    assert started[0][0] == f"-m tools.own_text {path} {options}"
    assert len(started) == 2


def test_a_text_that_the_environment_names_can_be_cut_too(
    tmp_path, started, monkeypatch
) -> None:
    path = tmp_path / "my.txt"
    path.touch()
    monkeypatch.setenv("TEXTGEN_CORPUS", str(path))
    assert tasks.main(["lesson", "--max-chars", "9"]) == 0
    assert started[0][0].startswith(f"-m tools.own_text {path} --max-chars=9")
    assert os.environ["TEXTGEN_CORPUS"] != str(path)


def test_each_choice_has_a_copy_of_its_own(tmp_path) -> None:
    path = tmp_path / f"{'ab' * 30}.txt"
    copies = set()
    for data, choices in ((b"a", ["1"]), (b"a", ["2"]), (b"b", ["1"])):
        path.write_bytes(data)
        copies.add(tasks.path_of_copy(path, choices))
        assert tasks.path_of_copy(path, choices) in copies
    assert len(copies) == 3
    for copy in copies:
        assert copy.stem.rpartition("-")[0] == plain_name(path.stem)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "--encoding cp1252",
            "are for a text of your own: give it with --corp",
        ),
        ("--max-chars 9", "are for a text of your own"),
        ("--corpus sample --max-chars 9", "are for a text of your own"),
        ("--corpus tasks.py --max-chars 0", "must be 1 or more, but is 0"),
        ("--corpus tasks.py --max-chars -5", "must be 1 or more, but is -5"),
        ("--corpus nowhere.txt --max-chars 9", "no text file 'nowhere.txt'"),
    ],
)
def test_a_choice_without_a_text_is_refused(more, message, started) -> None:
    with pytest.raises(SystemExit, match=message):
        tasks.main(["lesson", *more.split()])
    assert started == []


# Checks


def test_notebooks_are_tested_small_and_from_nothing(monkeypatch) -> None:
    seen = {}

    def run(*command: str, **variables: str) -> int:
        if "TEXTGEN_CHECKPOINTS" in variables:
            seen.update(variables, command=command)
            folder = Path(variables["TEXTGEN_CHECKPOINTS"])
            assert [path.name for path in folder.iterdir()] == ["tests.log"]
        return 0

    monkeypatch.setattr(tasks, "run", run)
    monkeypatch.setattr(tasks, "beside", finished_program(0))
    tasks.test("python", None)
    assert seen["TEXTGEN_PROFILE"] == "quick"
    assert seen["TEXTGEN_CORPUS"] == "sample"
    notebooks = [x for x in seen["command"] if x.endswith(".ipynb")]
    assert len(notebooks) >= 6 and "tests.cell_rules" in seen["command"]


@pytest.mark.parametrize("is_writable", [True, False])
def test_the_style_is_checked_where_no_cache_can_be_written(
    is_writable, started, monkeypatch
) -> None:
    monkeypatch.setattr(tasks.os, "access", lambda *_: is_writable)
    assert tasks.lint("python", None) == 0
    for program, variables in started:
        assert "ruff" not in program or "--no-cache" in program
        assert ("MYPY_CACHE_DIR" in variables) != is_writable


def test_a_killed_check_fails(monkeypatch) -> None:
    monkeypatch.setattr(
        tasks, "run", lambda *command, **_: -9 if "mypy" in command else 0
    )
    assert tasks.lint("python", None) == 1


@pytest.mark.parametrize(
    "broken", ["ruff", "mypy", "tests", "--nbval-lax", "tests.odd_text", ""]
)
def test_one_failed_check_fails_the_test_command(
    broken, monkeypatch, capsys
) -> None:
    def run(*command: str, **variables: str) -> int:
        return int(broken in command)

    monkeypatch.setattr(tasks, "run", run)
    code = int(broken == "tests")
    monkeypatch.setattr(tasks, "beside", finished_program(code))
    assert tasks.test("python", None) == (1 if broken else 0)
    printed = capsys.readouterr().out
    assert "the report of the tests\n" in printed
    assert ("FAILED" in printed) == bool(broken)


def test_a_program_beside_others_writes_to_its_file(tmp_path) -> None:
    log = tmp_path / "log"
    script = "import os, sys; print(1); print(2, file=sys.stderr); sys.exit(3)"
    with tasks.beside(log, sys.executable, "-c", script) as process:
        assert process.wait() == 3
    assert sorted(log.read_text().split()) == ["1", "2"]


def test_an_error_ends_the_program_beside(tmp_path, monkeypatch) -> None:
    # Otherwise Ctrl-C would be ignored from here on.
    monkeypatch.setattr(tasks.signal, "signal", lambda *_: None)
    script = "import time; time.sleep(10_000)"
    with (
        pytest.raises(KeyboardInterrupt),
        tasks.beside(tmp_path / "log", sys.executable, "-c", script) as process,
    ):
        raise KeyboardInterrupt
    assert process.poll() is not None


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ([], ["floor", "newest"]),
        (["--floor"], ["floor"]),
        (["--newest"], ["newest"]),
    ],
)
def test_other_versions_have_environments_of_their_own(
    more, kinds, started, monkeypatch
) -> None:
    made = []
    monkeypatch.setattr(
        tasks, "environment", lambda *arguments: made.append(arguments) or "p"
    )
    assert tasks.main(["compat", *more]) == 0
    assert made == [(f".venv-{kind}", ("pyproject.toml",)) for kind in kinds]
    programs = [f"-m tools.compat {kind}" for kind in kinds]
    programs.append(f"-m tools.compat --table {' '.join(kinds)}")
    assert [program for program, _ in started] == programs


@pytest.mark.parametrize("more", [[], ["--upgrade"]])
def test_a_lock_has_no_address(more, started, monkeypatch) -> None:
    monkeypatch.setattr(tasks.shutil, "which", lambda _: "/usr/bin/uv")
    assert tasks.main(["lock", *more]) == 0
    programs = [program for program, _ in started]
    for program in programs:
        assert "--no-emit-index-url --no-emit-find-links" in program
        assert "--generate-hashes" in program
        assert program.endswith("--upgrade") == bool(more)
    ours, peers = programs
    assert "pyproject.toml --all-extras" in ours and "ements.lock" in ours
    assert "benchmarks/peers.in" in peers and "peers.lock" in peers
    monkeypatch.setattr(tasks.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match="needs uv"):
        tasks.main(["lock"])


# Programs and Ctrl-C


def test_children_speak_utf8_in_the_project_s_folder() -> None:
    script = (
        "import os, pathlib, sys; "
        "sys.exit(sys.flags.utf8_mode + 2 * pathlib.Path('tasks.py').exists())"
    )
    assert tasks.run(sys.executable, "-c", script) == 3


def test_stopping_is_no_error(monkeypatch, capsys) -> None:
    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(tasks.COMMANDS, "lint", stop)
    assert tasks.main(["lint", "--here"]) == 130
    printed = capsys.readouterr().out
    assert printed == "\nStopped. Run the same command to continue.\n"


@posix_only
@pytest.mark.usefixtures("signals_of_a_terminal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_nothing_survives_a_stop(name, tmp_path) -> None:
    shutil.copy(tasks.__file__, tmp_path)
    (tmp_path / "ruff.py").write_text(ENDLESS)
    with subprocess.Popen(
        [sys.executable, "tasks.py", "lint", "--here"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(getattr(signal, name))
        # It ends when no process is left that could write to it.
        rest = process.stdout.read()
    assert rest == "\nStopped. Run the same command to continue.\n"
    assert process.returncode == 130
