"""Every command of this project; needs nothing but Python itself.

    python tasks.py lesson    run all notebooks, see a GRU learn to write
    python tasks.py test      run all checks
    python tasks.py lab       open the notebooks in JupyterLab
    python tasks.py train     train by a recipe (--recipe NAME), measure it
                              (--reference: make it the reference model)
    python tasks.py outputs   run all notebooks in full, store their outputs
                              (--again: also those that are up to date)
    python tasks.py slides    make a deck of slides of every notebook
                              (--pdf: print them too)
    python tasks.py student   write notebooks without solutions to hand out
    python tasks.py bench     measure what is claimed to be fast (--peers:
                              beside PyTorch and the old Keras; --formats:
                              train in 32 and in 16 bits, takes an hour;
                              --recipes: variants of the recipes)
    python tasks.py lint      the checks that read the code without running it
    python tasks.py lock      write requirements.lock anew (needs uv)

The first of them makes an environment in .venv, once; `slides` has a small
one of its own.
"""

from __future__ import annotations  # older Pythons shall read the message

import argparse
import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OURS = VENV / "made-by-tasks.txt"  # there from the first moment on
READY = VENV / "ready.txt"  # written last: the environment is whole
PEERS = ROOT / ".venv-peers"  # other libraries, to compare with
PEERS_LIST = ROOT / "benchmarks" / "peers.txt"
SLIDES = ROOT / ".venv-slides"  # what makes decks; no lesson needs it
SLIDES_LOCK = ROOT / "tools" / "slides.lock"
LOCK = ROOT / "requirements.lock"
RECIPES = ("one-minute", "three-minutes", "twenty-minutes")
OUR_TEXTS = ("sample", "shakespeare")
PYTHONS = ((3, 11), (3, 12), (3, 13))
SWITCHES = {  # by name: the command that it goes with, what it does
    "peers": ("bench", "other libraries too (once: several GB to download)"),
    "formats": ("bench", "only the two number formats, ten epochs of each"),
    "recipes": ("bench", "only variants of the recipes, half an hour"),
    "reference": ("train", "keep the result as the reference model"),
    "again": ("outputs", "run also what is up to date, and compare"),
    "pdf": ("slides", "print each deck to a PDF (needs Chromium or Chrome)"),
}
LINT = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy", "textgen_helpers", "tools", "benchmarks", "tasks.py"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument(
        "--profile",
        choices=("quick", "full"),
        help="the size of the lesson (quick unless TEXTGEN_PROFILE says full)",
    )
    parser.add_argument("--corpus", help="the path of a UTF-8 text of your own")
    parser.add_argument(
        "--here",
        action="store_true",
        help="use the environment of this Python (conda, Binder), not .venv",
    )
    parser.add_argument("--recipe", choices=RECIPES, help="with train")
    for name, (command, words) in SWITCHES.items():
        parser.add_argument(
            f"--{name}", action="store_true", help=f"with {command}: {words}"
        )
    options = parser.parse_args(arguments)
    asked = {}  # what the command is called with
    for name, (command, _) in [*SWITCHES.items(), ("recipe", ("train", ""))]:
        if options.command == command:
            asked[name] = getattr(options, name)
        elif getattr(options, name):
            parser.error(f"--{name} can go with {command} only.")
    if options.command == "train" and not options.recipe:
        parser.error(f"Say which: --recipe and {', '.join(RECIPES)}.")
    if options.profile:
        os.environ["TEXTGEN_PROFILE"] = options.profile
    corpus = options.corpus or os.environ.get("TEXTGEN_CORPUS")
    if corpus and options.command in ("lesson", "lab"):
        os.environ["TEXTGEN_CORPUS"] = _corpus(corpus)
    os.chdir(ROOT)
    try:
        if options.here or options.command == "lock":
            python = sys.executable
        elif options.command == "slides":
            python = ensure_slides()
        else:
            python = ensure_environment()
        if options.peers:
            ensure_peers()
        return COMMANDS[options.command](python, **asked)
    except KeyboardInterrupt:
        print("\nStopped. The same command starts again.")
        return 130


def lesson(python: str) -> int:
    """Run all notebooks into build/lesson: executed, and as HTML."""
    run = (python, "-m", "tools.run_notebooks", "build/lesson")
    return _describe_own_text(python) or _run(*run)


def train(python: str, recipe: str, reference: bool) -> int:
    """Train by a recipe; go on where an earlier call was stopped."""
    more = ["--reference"] if reference else []
    return _run(python, "tools/train_recipe.py", recipe, *more)


def outputs(python: str, again: bool) -> int:
    """Run all notebooks in full, and store their outputs in notebooks/."""
    more = ["--again"] if again else []
    return _run(
        *(python, "-m", "tools.run_notebooks", "build/outputs"),
        *("--store", *more),
        TEXTGEN_PROFILE="full",
        TEXTGEN_CORPUS="shakespeare",
    )


def slides(python: str, pdf: bool) -> int:
    """Make a deck of every notebook, from its stored outputs."""
    more = ["--pdf"] if pdf else []
    return _run(python, "-m", "tools.make_slides", "build/slides", *more)


def student(python: str) -> int:
    """Write copies of the notebooks without solutions, outputs and notes."""
    return _run(python, "-m", "tools.student_copies", "build/student")


def lab(python: str) -> int:
    """Open JupyterLab on the notebooks."""
    run = (python, "-m", "jupyterlab", "notebooks")
    return _describe_own_text(python) or _run(*run)


def bench(python: str, peers: bool, formats: bool, recipes: bool) -> int:
    """Print a table of benchmarks/README.md, measured on this machine."""
    if formats:
        return _run(python, "benchmarks/number_formats.py")
    if recipes:
        return _run(python, "-m", "benchmarks.recipes")
    more = ["--peers"] if peers else []
    return _run(python, "benchmarks/compare.py", *more)


def lint(python: str) -> int:
    """Check style and types, notebooks included."""
    return int(any([_run(python, "-m", *command) for command in LINT]))


def test(python: str) -> int:
    """Run lint, the tests, and all notebooks as tests."""
    failed = ["lint"] if lint(python) else []
    if _run(python, "-m", "pytest", "tests"):
        failed.append("tests")
    nbval = "--nbval-lax --nbval-current-env --nbval-cell-timeout=600"
    with tempfile.TemporaryDirectory() as folder:
        if _run(
            *(python, "-m", "pytest", "notebooks", "-p", "tests.no_stderr"),
            *nbval.split(),
            # Empty, so that no notebook finds what another one has trained.
            TEXTGEN_CHECKPOINTS=folder,
            TEXTGEN_PROFILE="quick",
            TEXTGEN_CORPUS="sample",
        ):
            failed.append("notebooks")
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def lock(_: str) -> int:
    """Resolve pyproject.toml to exact versions with hashes."""
    uv = shutil.which("uv")
    if not uv:
        print("This command needs uv: install it, and try again.")
        return 1
    options = "--upgrade --universal --generate-hashes --quiet --no-header"
    addresses = "--no-emit-index-url --no-emit-find-links"
    compile_it = (
        *(uv, "pip", "compile", *options.split(), *addresses.split()),
        *("--python-version", ".".join(map(str, PYTHONS[0])), "--output-file"),
    )
    project = (str(LOCK), "pyproject.toml", "--all-extras")
    decks = (str(SLIDES_LOCK), "--group", "slides")
    return _run(*compile_it, *project) or _run(*compile_it, *decks)


COMMANDS: dict[str, Callable[..., int]] = {
    "lesson": lesson,
    "test": test,
    "lab": lab,
    "train": train,
    "outputs": outputs,
    "slides": slides,
    "student": student,
    "bench": bench,
    "lint": lint,
    "lock": lock,
}


def ensure_environment() -> str:
    """Return the Python of .venv; make the environment if it is not whole."""
    python = _python_of(VENV)
    key = _key()
    if READY.exists() and READY.read_text() == key and python.exists():
        return str(python)
    if VENV.exists() and not OURS.exists() and any(VENV.iterdir()):
        sys.exit(
            f"{VENV} was not made by this command: move it away and start "
            "again, or use it as it is with --here."
        )
    if Path(sys.prefix).resolve() == VENV:
        sys.exit(
            "This Python lives in .venv, which has to be made anew: give the "
            "command `deactivate`, and start again."
        )
    base = _base_python()
    print("Making the environment in .venv: once, 600 MB to download.")
    _remove_old()
    VENV.mkdir()
    OURS.write_text("Made by tasks.py, and made anew when it is not whole.\n")
    if subprocess.call([base, "-m", "venv", str(VENV)]):
        sys.exit(
            f"{base} could not make an environment: on Debian and Ubuntu, "
            "install the package python3-venv first."
        )
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install"]
    _install([*pip, "--require-hashes", "-r", LOCK.name])
    _install([*pip, "--no-deps", "--no-build-isolation", "-e", "."])
    READY.write_text(key)
    print("The environment is ready.")
    return str(python)


def _python_of(environment: Path) -> Path:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return environment / inside


def ensure_peers() -> str:
    """Make the environment of the libraries that bench compares with."""
    return _ensure_second(PEERS, PEERS_LIST, "or leave --peers out.")


def ensure_slides() -> str:
    """Make the environment that makes decks, and return its Python."""
    return _ensure_second(SLIDES, SLIDES_LOCK, "then start again.")


def _ensure_second(folder: Path, packages: Path, hint: str) -> str:
    """Return the Python of an environment beside .venv; make it if need be."""
    python = str(_python_of(folder))
    wanted = packages.read_text(encoding="utf-8")
    ready = folder / "ready.txt"
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Making {folder.name}, once: a minute or more.", flush=True)
    make = [_base_python(), "-m", "venv", "--clear", str(folder)]
    install = [python, "-m", "pip", "install", "--quiet"]
    fill = [*install, "--disable-pip-version-check", "-r", str(packages)]
    if subprocess.call(make) or subprocess.call(fill):
        sys.exit(
            f"The packages of {folder.name} could not be installed (pip's last "
            f"words are above): check network and disk, {hint}"
        )
    ready.write_text(wanted, encoding="utf-8")
    return python


def _remove_old() -> None:
    """Move .venv aside, which fails at once if it is in use; then delete."""
    old = VENV.with_name(".venv-old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if VENV.exists():
            VENV.rename(old)
    except OSError as error:
        sys.exit(f".venv is in use ({error}): close JupyterLab, start again.")
    shutil.rmtree(old, ignore_errors=True)


def _install(command: list[str]) -> None:
    """Run pip, show how far it is on one line, and its words if it fails."""
    total = LOCK.read_text(encoding="utf-8").count("==")
    seen = 0
    last: list[str] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = [*last[-14:], line.rstrip()]
            seen += line.startswith("Collecting")
            if line.startswith("Installing collected"):
                _progress("unpacking, a minute or two")
            elif line.startswith("Collecting"):
                name = line.split()[1].split("==")[0]
                _progress(f"fetching {seen} of at most {total}: {name}")
    _progress("")
    if process.returncode:
        sys.exit(
            "\n".join(last) + "\nThe packages could not be installed (pip's "
            "last words are above): check network and disk, then start again."
        )


def _progress(text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r{text:<70}", end="" if text else "\r", flush=True)


def _key() -> str:
    """Return what an environment must have been made from to be whole."""
    digest = hashlib.sha256(str(VENV).encode())  # it cannot be moved
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _base_python() -> str:
    """Return a Python that TensorFlow has packages for."""
    if (sys.platform, platform.machine()) == ("darwin", "x86_64"):
        sys.exit(
            "TensorFlow has no packages for Macs with an Intel processor: use "
            "another computer, or Binder."
        )
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    for major, minor in reversed(PYTHONS):
        name = f"{major}.{minor}"
        for command in ([f"python{name}"], ["py", f"-{name}"]):
            found = _answer(*command, "-c", "import sys; print(sys.executable)")
            if found:
                return found
    sys.exit(
        "TensorFlow needs Python 3.11, 3.12 or 3.13, but this is "
        f"{sys.version.split()[0]}: install one of them, and start this "
        "command with it."
    )


def _answer(*command: str) -> str:
    """Return what a program prints; nothing if it is missing or fails."""
    try:
        return subprocess.check_output(
            command, stderr=subprocess.DEVNULL, text=True
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _corpus(name: str) -> str:
    """Return a corpus as notebooks find it: they run in their own folder."""
    if name in OUR_TEXTS:
        return name
    path = Path(name).resolve()
    if not path.is_file():
        sys.exit(f"There is no text file {name!r}: give the path of one.")
    return str(path)


def _describe_own_text(python: str) -> int:
    """Print what is to know of a text of one's own; not 0 if it is no use."""
    corpus = os.environ.get("TEXTGEN_CORPUS") or "sample"
    if corpus in OUR_TEXTS:
        return 0
    return _run(python, "-m", "textgen_helpers.own_text", corpus)


def _run(*command: str, **variables: str) -> int:
    # Windows still has other encodings than UTF-8 for files and consoles.
    variables = {**os.environ, "PYTHONUTF8": "1", **variables}
    with subprocess.Popen(command, env=variables) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # It mostly got the same signal: let it close its files.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.terminate()
            raise


if __name__ == "__main__":
    sys.exit(main())
