"""Every command of this project. It needs nothing but Python itself.

The first command makes an environment in .venv, once. `python tasks.py COMMAND
--help` explains the options of a command.
"""

from __future__ import annotations  # so that older Pythons reach the message

import argparse
import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

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
    ("compat", "--floor", "only the oldest versions that are allowed"),
    ("compat", "--newest", "only the newest that the package index has"),
)
MODULES = ("tensorflow", "keras", "numpy", "matplotlib", "jupyterlab")
MORE_MODULES = {  # that a command needs beside them
    "test": ("nbval", "pytest", "hypothesis", "ruff", "mypy"),
    "lint": ("ruff", "mypy"),
    "slides": ("sphinx_revealjs",),
}
NO_ENVIRONMENT = ("lock", "compat")  # commands that do not work in .venv
CHECKS = ("test", "lint")  # with --here, they write only what may be missing
LINT = (
    "ruff check --no-cache .",
    "ruff format --no-cache --check .",
    "mypy textgen_helpers tools benchmarks tasks.py",
)
LOCKS = {
    "pyproject.toml --all-extras": "requirements.lock",
    "benchmarks/peers.in": "benchmarks/peers.lock",
}
NBVAL = (
    "-p tests.cell_rules -p no:randomly --nbval-lax --nbval-current-env "
    "--nbval-cell-timeout=600"
)
QUICK_RUN = {"TEXTGEN_PROFILE": "quick", "TEXTGEN_CORPUS": "sample"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = make_parser().parse_args(arguments)
    try:
        if not (options.command in CHECKS and options.here):
            check_folders()
        if options.command in ("lesson", "lab"):
            choose_lesson(options)
        python = sys.executable
        if options.command in NO_ENVIRONMENT:
            pass  # each has its own way
        elif options.here:
            check_modules(options.command)
        else:
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
            add_own_text(command)
        if name == "lab":
            meaning = "options of JupyterLab, after --"
            command.add_argument("jupyter", nargs="*", help=meaning)
        if name == "train":
            meaning = "for example one-minute"
            command.add_argument(
                "--recipe", metavar="NAME", required=True, help=meaning
            )
            meaning = "a text of your own, of any length, in UTF-8"
            command.add_argument("--corpus", metavar="FILE", help=meaning)
            meaning = "processes of this machine that share each batch"
            command.add_argument(
                "--workers", metavar="N", type=int, default=1, help=meaning
            )
            meaning = "be one of the tasks that srun has started"
            command.add_argument("--slurm", action="store_true", help=meaning)
        if name not in NO_ENVIRONMENT:
            meaning = "use the environment of this Python (conda, Binder)"
            command.add_argument("--here", action="store_true", help=meaning)
    return parser


def add_own_text(command: argparse.ArgumentParser) -> None:
    """Add the options for a text of one's own to a command."""
    meaning = "a text of your own, in UTF-8"
    command.add_argument("--corpus", metavar="FILE", help=meaning)
    meaning = "the encoding of that file, if it is another, as cp1252"
    command.add_argument("--encoding", metavar="NAME", help=meaning)
    meaning = "take only the first N characters of that file"
    command.add_argument("--max-chars", metavar="N", type=int, help=meaning)


def lesson(python: str, options: argparse.Namespace) -> int:
    """Run all notebooks and see a GRU learn to write."""
    program = "-m tools.notebooks.run build/lesson"
    return describe_own_text(python, options) or run(python, *program.split())


def lab(python: str, options: argparse.Namespace) -> int:
    """Open the notebooks in JupyterLab."""
    program = "-m jupyterlab notebooks -y"  # ends at Ctrl-C, does not ask
    return describe_own_text(python, options) or run(
        python, *program.split(), *options.jupyter
    )


def test(python: str, options: argparse.Namespace) -> int:
    """Run all checks: style, types, tests, and all notebooks."""
    failed = ["lint"] if lint(python, options) else []
    pytest = (python, "-m", "pytest")
    tests = (*pytest, "tests", "textgen_helpers", "--doctest-modules")
    notebooks = map(str, sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")))
    with tempfile.TemporaryDirectory() as folder:
        # A folder of its own, so that no run finds another's models.
        variables = {**QUICK_RUN, "TEXTGEN_CHECKPOINTS": folder}
        log = Path(folder, "tests.log")
        print("The tests run beside the notebooks; their report comes last.")
        with beside(log, *tests) as running:
            if run(*pytest, *notebooks, *NBVAL.split(), **variables):
                failed.append("notebooks")
            odd_text = str(Path(folder, "odd_text"))
            if run(python, "-m", "tests.odd_text", odd_text):
                failed.append("odd text")
            print("Waiting for the tests.", flush=True)
            if running.wait():
                failed.append("tests")
        print(log.read_text(encoding="utf-8", errors="replace"))
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def train(python: str, options: argparse.Namespace) -> int:
    """Train a model by a recipe and measure it."""
    more = ["--pretrained"] if options.pretrained else []
    if options.workers != 1:
        more.append(f"--workers={options.workers}")
    if options.slurm:
        more.append("--slurm")
    if options.corpus is not None:
        more.append(f"--corpus={Path(options.corpus).resolve()}")
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
    packages = "benchmarks/peers.lock"
    environment(".venv-peers", (packages,), f"--require-hashes -r {packages}")
    return run(python, "-m", "benchmarks.compare", "--peers")


def lint(python: str, options: argparse.Namespace) -> int:
    """Check style and types without running the code."""
    # mypy stops where it has no place for its cache.
    is_writable = os.access(ROOT, os.W_OK)
    variables = {} if is_writable else {"MYPY_CACHE_DIR": os.devnull}
    codes = [run(python, "-m", *each.split(), **variables) for each in LINT]
    return 1 if any(codes) else 0


def lock(_: str, options: argparse.Namespace) -> int:
    """Write requirements.lock and benchmarks/peers.lock again (needs uv)."""
    uv = shutil.which("uv")
    if not uv:
        sys.exit("This command needs uv. Install it, then run it again.")
    how = (
        "--universal --quiet --generate-hashes --no-header "
        "--no-emit-index-url --no-emit-find-links --python-version 3.11"
    )
    more = ["--upgrade"] if options.upgrade else []
    codes = []
    for sources, target in LOCKS.items():
        program = f"pip compile {sources} {how} --output-file {target}"
        codes.append(run(uv, *program.split(), *more))
    return 1 if any(codes) else 0


def compat(_: str, options: argparse.Namespace) -> int:
    """Run tests and notebooks with the oldest and the newest packages."""
    kinds = ["floor", "newest"]
    if options.floor or options.newest:
        kinds = ["floor"] if options.floor else ["newest"]
    for kind in kinds:
        # The packages are installed by the module: it reads pyproject.toml.
        python = environment(f".venv-{kind}", ("pyproject.toml",))
        if run(python, "-m", "tools.compat", kind):
            return 1
    return run(python, "-m", "tools.compat", "--table", *kinds)


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
    "compat": compat,
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
    try:
        home = Path("~").expanduser()
    except RuntimeError:
        sys.exit(
            "This user has no home folder, but this command needs one: set "
            "HOME to a folder that can be written."
        )
    for name, folder in (("project", ROOT), ("home", home)):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            sys.exit(
                f"Nothing can be written to the {name} folder {folder} "
                f"({error.strerror}), but this command needs to."
            )


def check_modules(command: str) -> None:
    """Stop with a sentence if this Python lacks what a command needs."""
    names = (*MODULES, *MORE_MODULES.get(command, ()))
    missing = [name for name in names if not importlib.util.find_spec(name)]
    if missing:
        sys.exit(
            f"This Python, {sys.executable}, lacks {', '.join(missing)}. Leave "
            "out --here, or install them: "
            "python -m pip install -e .[test,slides]"
        )


def choose_lesson(options: argparse.Namespace) -> None:
    """Put the profile and the text into the environment of the notebooks."""
    corpus = options.corpus
    if corpus is None:
        corpus = os.environ.get("TEXTGEN_CORPUS") or None
    is_changed = options.encoding is not None or options.max_chars is not None
    if is_changed and (corpus is None or corpus in OUR_TEXTS):
        sys.exit(
            "--encoding and --max-chars are for a text of your own: give it "
            "with --corpus FILE."
        )
    if options.max_chars is not None and options.max_chars < 1:
        sys.exit(f"--max-chars must be 1 or more, but is {options.max_chars}.")
    if options.profile:
        os.environ["TEXTGEN_PROFILE"] = options.profile
    if corpus is None:
        return
    if corpus not in OUR_TEXTS:
        check_file(corpus)
        corpus = str(Path(corpus).resolve())  # notebooks run in their folder
    os.environ["TEXTGEN_CORPUS"] = corpus


def check_file(path: str) -> None:
    """Stop with a sentence if there is no such file, or none to read."""
    try:
        if not Path(path).is_file():
            sys.exit(f"There is no text file {path!r}. Give the path of one.")
        with Path(path).open("rb"):
            pass
    except OSError as error:
        sys.exit(f"The file {path!r} cannot be read ({error.strerror}).")


def describe_own_text(python: str, options: argparse.Namespace) -> int:
    """Print a report on a text of one's own; not 0 if it cannot be used.

    The notebooks read UTF-8 to the end: otherwise they get a copy.
    """
    corpus = os.environ.get("TEXTGEN_CORPUS") or "sample"
    if corpus in OUR_TEXTS:
        return 0
    more = []
    if options.encoding is not None:
        more.append(f"--encoding={options.encoding}")
    if options.max_chars is not None:
        more.append(f"--max-chars={options.max_chars}")
    if more:
        copy = str(path_of_copy(Path(corpus), more))
        more.append(f"--copy={copy}")
        os.environ["TEXTGEN_CORPUS"] = copy
    return run(python, "-m", "tools.own_text", corpus, *more)


def path_of_copy(path: Path, choices: Sequence[str]) -> Path:
    """Return where a UTF-8 copy of a text goes: another name for each copy."""
    digest = hashlib.sha256(os.fsencode(" ".join(choices)))
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    # As `plain_name` of the package, which this Python may not have.
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem)[:40].strip("-") or "text"
    folder = ROOT / "build" / "own_texts"
    return folder / f"{name}-{digest.hexdigest()[:8]}.txt"


def run(*command: str, **variables: str) -> int:
    """Run a program in the project's folder and return its exit code.

    Ctrl-C ends it together with all programs that it has started.
    """
    with start(command, variables) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            end(process)
            raise


@contextlib.contextmanager
def beside(log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program beside others; what it prints goes to a file."""
    with log.open("wb") as file, start(command, {}, file) as process:
        try:
            yield process
        except BaseException:
            end(process)
            raise


def start(
    command: Sequence[str],
    variables: Mapping[str, str],
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in the project's folder."""
    # Windows still has other encodings than UTF-8 for files and consoles.
    variables = {**os.environ, "PYTHONUTF8": "1", **variables}
    # In a session of its own, one signal reaches all programs of the group.
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )


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
