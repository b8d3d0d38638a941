"""Every command of this project. It needs nothing but Python itself.

The first command makes an environment in .venv, once. `python tasks.py COMMAND
--help` explains the options of a command.
"""

from __future__ import annotations  # so that older Pythons reach the message

import argparse
import contextlib
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHONS = ((3, 11), (3, 12), (3, 13))
OUR_TEXTS = ("sample", "shakespeare")
FLAGS = (  # the command that a flag belongs to, the flag, what it does
    ("train", "--pretrained", "make it the model that comes with the course"),
    ("outputs", "--again", "also run what is up to date; print what changes"),
    ("outputs", "--check", "run nothing; print what is stale, and why"),
    ("slides", "--pdf", "also print the decks (needs Chromium or Chrome)"),
    ("bench", "--peers", "also PyTorch and the old Keras (several GB)"),
    ("bench", "--formats", "only 32-bit and 16-bit training (an hour)"),
    ("bench", "--recipes", "only variants of the recipes (half an hour)"),
    ("lock", "--upgrade", "take the newest versions"),
)
LINT = (
    "ruff check .",
    "ruff format --check .",
    "mypy textgen_helpers tools benchmarks tasks.py",
)
NBVAL = "--nbval-lax --nbval-current-env --nbval-cell-timeout=600"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = make_parser().parse_args(arguments)
    try:
        check_folders()
        if options.command in ("lesson", "lab"):
            choose_lesson(options.profile, options.corpus)
        python = sys.executable
        if options.command != "lock" and not options.here:
            python = environment(
                ".venv",
                ("requirements.lock", "pyproject.toml"),
                "--require-hashes -r requirements.lock",
                "--no-deps --no-build-isolation -e .",
            )
        return int(COMMANDS[options.command](python, options))
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to continue.")
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Return a parser in which each command has its own options."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True
    )
    for name, function in COMMANDS.items():
        text = function.__doc__
        command = commands.add_parser(name, help=text, description=text)
        flags = [
            (flag, meaning) for owner, flag, meaning in FLAGS if owner == name
        ]
        if flags:
            group = command.add_mutually_exclusive_group()
            for flag, meaning in flags:
                group.add_argument(flag, action="store_true", help=meaning)
        if name in ("lesson", "lab"):
            command.add_argument("--profile", choices=("quick", "full"))
            meaning = "a UTF-8 text of your own"
            command.add_argument("--corpus", metavar="FILE", help=meaning)
        if name == "lab":
            meaning = "options of JupyterLab, after --"
            command.add_argument("jupyter", nargs="*", help=meaning)
        if name == "train":
            meaning = "for example one-minute"
            command.add_argument(
                "--recipe", metavar="NAME", required=True, help=meaning
            )
        if name != "lock":
            meaning = "use the environment of this Python (conda, Binder)"
            command.add_argument("--here", action="store_true", help=meaning)
    return parser


def lesson(python: str, options: argparse.Namespace) -> int:
    """Run all notebooks and see a GRU learn to write."""
    program = "-m tools.notebooks.run build/lesson"
    return describe_own_text(python) or run(python, *program.split())


def lab(python: str, options: argparse.Namespace) -> int:
    """Open the notebooks in JupyterLab."""
    program = "-m jupyterlab notebooks -y"  # ends at Ctrl-C, does not ask
    return describe_own_text(python) or run(
        python, *program.split(), *options.jupyter
    )


def test(python: str, options: argparse.Namespace) -> int:
    """Run all checks: style, types, tests, and all notebooks."""
    failed = ["lint"] if lint(python, options) else []
    pytest = (python, "-m", "pytest")
    if run(*pytest, "tests", "textgen_helpers", "--doctest-modules"):
        failed.append("tests")
    notebooks = map(str, sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")))
    plugin = ("-p", "tests.no_stderr")
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "TEXTGEN_CHECKPOINTS": folder,  # so that none finds another's
            "TEXTGEN_PROFILE": "quick",
            "TEXTGEN_CORPUS": "sample",
        }
        if run(*pytest, *notebooks, *plugin, *NBVAL.split(), **variables):
            failed.append("notebooks")
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def train(python: str, options: argparse.Namespace) -> int:
    """Train a model by a recipe and measure it."""
    more = ["--pretrained"] if options.pretrained else []
    return run(python, "-m", "tools.train", options.recipe, *more)


def outputs(python: str, options: argparse.Namespace) -> int:
    """Run all notebooks in full and store their outputs."""
    program = "-m tools.notebooks.run build/outputs --store"
    if options.check:
        program = "-m tools.notebooks.run --check"
    if options.again:
        program += " --again"
    variables = {"TEXTGEN_PROFILE": "full", "TEXTGEN_CORPUS": "shakespeare"}
    return run(python, *program.split(), **variables)


def slides(python: str, options: argparse.Namespace) -> int:
    """Make a deck of slides of every notebook."""
    more = ["--pdf"] if options.pdf else []
    return run(python, "-m", "tools.slides.build", "build/slides", *more)


def student(python: str, options: argparse.Namespace) -> int:
    """Write notebooks without solutions to hand out."""
    return run(python, "-m", "tools.notebooks.student", "build/student")


def bench(python: str, options: argparse.Namespace) -> int:
    """Measure what is claimed to be fast."""
    if options.formats:
        return run(python, "-m", "benchmarks.number_formats")
    if options.recipes:
        return run(python, "-m", "benchmarks.recipes")
    if not options.peers:
        return run(python, "-m", "benchmarks.compare")
    packages = "benchmarks/peers.txt"
    environment(".venv-peers", (packages,), f"-r {packages}")
    return run(python, "-m", "benchmarks.compare", "--peers")


def lint(python: str, options: argparse.Namespace) -> int:
    """Check style and types without running the code."""
    codes = [run(python, "-m", *program.split()) for program in LINT]
    return 1 if any(codes) else 0


def lock(_: str, options: argparse.Namespace) -> int:
    """Write requirements.lock again (needs uv)."""
    uv = shutil.which("uv")
    if not uv:
        sys.exit("This command needs uv. Install it, then run it again.")
    program = (
        "pip compile pyproject.toml --all-extras --universal --quiet "
        "--generate-hashes --no-header --no-emit-index-url "
        "--no-emit-find-links --python-version 3.11 "
        "--output-file requirements.lock"
    )
    more = ["--upgrade"] if options.upgrade else []
    return run(uv, *program.split(), *more)


COMMANDS = {
    "lesson": lesson,
    "lab": lab,
    "test": test,
    "train": train,
    "outputs": outputs,
    "slides": slides,
    "student": student,
    "bench": bench,
    "lint": lint,
    "lock": lock,
}


def environment(name: str, sources: Sequence[str], *installs: str) -> str:
    """Return the Python of an environment; make it if it is not whole.

    `sources` are the files that it depends on, `installs` the arguments of
    pip. A marker is in the folder from the first moment; at the end it holds a
    hash of the sources.
    """
    folder = ROOT / name
    python = folder / (
        "Scripts/python.exe" if os.name == "nt" else "bin/python"
    )
    marker = folder / "made-by-tasks.txt"
    digest = hashlib.sha256(str(folder).encode())  # it cannot be moved
    for source in sources:
        digest.update((ROOT / source).read_bytes())
    is_ours = marker.is_file()
    if is_ours and python.exists() and marker.read_text() == digest.hexdigest():
        return str(python)
    base = find_python()
    remove_environment(folder, is_ours)
    print(f"Making {name}, once: 600 MB or more to download.", flush=True)
    folder.mkdir()
    marker.touch()
    if run(base, "-m", "venv", str(folder)):
        sys.exit(
            f"{base} could not make an environment. On Debian and Ubuntu, "
            "install the package python3-venv first."
        )
    for install in installs:
        pip = f"-m pip --disable-pip-version-check install {install}"
        if run(str(python), *pip.split()):
            sys.exit(
                f"The packages of {name} could not be installed; pip says why "
                "above. Check network and disk, then run the same command "
                "again."
            )
    marker.write_text(digest.hexdigest())
    return str(python)


def remove_environment(folder: Path, is_ours: bool) -> None:
    """Delete an environment that is unfinished or outdated, if it is ours."""
    old = folder.with_name(f"{folder.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if not folder.exists():
        return
    if not is_ours and any(folder.iterdir()):
        sys.exit(
            f"{folder} was not made by this command. Move it to another "
            "place, or use it as it is with --here."
        )
    if Path(sys.prefix).resolve() == folder:
        sys.exit(
            f"This Python is in {folder.name}, which must be made again. Run "
            "`deactivate`, then the same command again."
        )
    try:
        folder.rename(old)  # fails at once if it is in use
    except OSError as error:
        sys.exit(
            f"{folder.name} is in use ({error.strerror}). Close JupyterLab, "
            "then run the same command again."
        )
    shutil.rmtree(old, ignore_errors=True)


def find_python() -> str:
    """Return a Python that TensorFlow has packages for."""
    if (sys.platform, platform.machine()) == ("darwin", "x86_64"):
        sys.exit(
            "TensorFlow has no packages for Macs with an Intel processor. Use "
            "another computer, or Binder."
        )
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    show_path = ["-c", "import sys; print(sys.executable)"]
    for major, minor in reversed(PYTHONS):
        for name in (f"python{major}.{minor}", f"py -{major}.{minor}"):
            # It may be missing, or a shim that finds nothing.
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                return subprocess.check_output(
                    [*name.split(), *show_path],
                    stderr=subprocess.DEVNULL,
                    text=True,
                ).strip()
    sys.exit(
        "TensorFlow needs Python 3.11, 3.12 or 3.13, but this is "
        f"{platform.python_version()}. Install one of them, and run this "
        "command with it."
    )


def check_folders() -> None:
    """Stop with a sentence if a folder that commands need is read-only."""
    for name, folder in (("project", ROOT), ("home", Path("~").expanduser())):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            sys.exit(
                f"Nothing can be written to the {name} folder {folder} "
                f"({error.strerror}), but this command needs to."
            )


def choose_lesson(profile: str | None, corpus: str | None) -> None:
    """Put the profile and the text into the environment of the notebooks."""
    if profile:
        os.environ["TEXTGEN_PROFILE"] = profile
    if corpus is None:
        corpus = os.environ.get("TEXTGEN_CORPUS") or None
    if corpus is None:
        return
    if corpus not in OUR_TEXTS:
        if not Path(corpus).is_file():
            sys.exit(f"There is no text file {corpus!r}. Give the path of one.")
        corpus = str(Path(corpus).resolve())  # notebooks run in their folder
    os.environ["TEXTGEN_CORPUS"] = corpus


def describe_own_text(python: str) -> int:
    """Print a report on a text of one's own; not 0 if it cannot be used."""
    corpus = os.environ.get("TEXTGEN_CORPUS") or "sample"
    if corpus in OUR_TEXTS:
        return 0
    return run(python, "-m", "tools.own_text", corpus)


def run(*command: str, **variables: str) -> int:
    """Run a program in the project's folder and return its exit code.

    Ctrl-C ends it together with all programs that it has started.
    """
    # Windows still has other encodings than UTF-8 for files and consoles.
    variables = {**os.environ, "PYTHONUTF8": "1", **variables}
    # In a session of its own, one signal reaches all programs of the group.
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, start_new_session=True
    ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            end(process)
            raise


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started: ask first, then force."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
    if sys.platform == "win32":
        command = f"taskkill /F /T /PID {process.pid}"
        subprocess.call(command.split(), stdout=subprocess.DEVNULL)
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError):  # there is nobody left
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


if __name__ == "__main__":
    for name in ("SIGTERM", "SIGHUP"):  # a closed window is like a Ctrl-C
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    sys.exit(main())
