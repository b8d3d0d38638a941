"""TensorFlow loads without its log lines, and nothing else is silenced.

Most of these tests let `_quiet` load a small stand-in for TensorFlow, in a
process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from textgen_helpers import _quiet
from textgen_helpers.settings import ROOT

PACKAGE = ROOT / "textgen_helpers"
QUIET = f"import runpy; runpy.run_path({str(PACKAGE / '_quiet.py')!r})\n"

SILENT_TENSORFLOW = """
import logging
__version__ = "2.21.0"
class config:
    def list_physical_devices():
        pass
get_logger = logging.getLogger
"""
# Looking for devices is what makes the GPU libraries write.
TENSORFLOW = "import os\n" + SILENT_TENSORFLOW.replace(
    "pass", r"os.write(2, b'Skipping registering GPU devices...\n')"
)

LOG_LINES = [
    "WARNING: All log messages before absl::InitializeLog() is called are",
    "I0000 00:00:1764255000.123456    1234 port.cc:153] oneDNN is on.",
    "E0000 00:00:1764255000.123456    1234 cuda_dnn.cc:8310] No cuDNN.",
    "2026-11-27 15:48:01.123456: I tensorflow/core/cpu.cc:210] This binary",
    "To enable the following instructions: AVX2 FMA, rebuild TensorFlow.",
    "Skipping registering GPU devices...",
]
OTHER_LINES = [
    "Illegal option in ~/.some_library",
    "W: another library's own warning",
    "2026-11-27: a date",
]


def write_to_stderr(lines: list[str]) -> str:
    """Return code that writes lines to file descriptor 2, as C++ does."""
    content = "".join(f"{line}\n" for line in lines).encode()
    return f"import os; os.write(2, {content!r})\n"


def run(
    program: str,
    folder: Path,
    modules: dict[str, str],
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """Run a program that imports stand-ins from a folder, by name and code."""
    for name, code in modules.items():
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(code)
    unwanted = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL", _quiet.SHOW_LOGS)
    inherited = {k: v for k, v in os.environ.items() if k not in unwanted}
    paths = [str(folder), str(ROOT)]
    return subprocess.run(
        [sys.executable, "-c", program],
        env={
            **inherited,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_package_writes_nothing(tmp_path: Path) -> None:
    result = run("import textgen_helpers", tmp_path, modules={})
    assert (result.stdout, result.stderr) == ("", "")
    assert result.returncode == 0


def test_the_package_loads_tensorflow_before_all_else(tmp_path: Path) -> None:
    modules = {"tensorflow": "raise ImportError('this is the stand-in')"}
    result = run("import textgen_helpers", tmp_path, modules)
    last_line = result.stderr.splitlines()[-1]
    assert "TEXTGEN_SHOW_LOGS" in last_line
    assert "TensorFlow does not load: this is the stand-in" in result.stderr


def test_log_lines_are_left_out_and_others_passed_on(tmp_path: Path) -> None:
    code = write_to_stderr(
        [LOG_LINES[0], OTHER_LINES[0], *LOG_LINES[1:], *OTHER_LINES[1:]]
    )
    program = QUIET + "print('after', file=sys.stderr)"
    result = run(
        "import sys\n" + program, tmp_path, {"tensorflow": code + TENSORFLOW}
    )
    assert result.returncode == 0
    assert result.stderr.splitlines() == [*OTHER_LINES, "after"]


OLDER_TENSORFLOW = (
    TENSORFLOW.replace("2.21.0", "2.20.3")
    + f"""
constant = float
class errors:
    OpError = ArithmeticError
def function(f, jit_compile):
    os.write(2, {(LOG_LINES[1] + chr(10)).encode()!r})
    print("compiled", jit_compile)
    return f
"""
)


def test_an_older_xla_compiles_while_nobody_listens(tmp_path: Path) -> None:
    result = run(QUIET, tmp_path, {"tensorflow": OLDER_TENSORFLOW})
    assert (result.stdout, result.stderr) == ("compiled True\n", "")


def test_a_tensorflow_without_xla_loads_too(tmp_path: Path) -> None:
    code = OLDER_TENSORFLOW.replace("return f", "raise errors.OpError")
    result = run(QUIET, tmp_path, {"tensorflow": code})
    assert (result.stderr, result.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("version", "writes"),
    [("2.18.1", True), ("2.20.0", True), ("2.21.0", False), ("3.0.0", False)],
)
def test_xla_writes_in_older_versions(version: str, writes: bool) -> None:
    assert _quiet._xla_writes(version) == writes


def test_what_python_code_writes_is_passed_on(tmp_path: Path) -> None:
    code = "import sys; print('from Python', file=sys.stderr)\n"
    result = run(QUIET, tmp_path, {"tensorflow": code + TENSORFLOW})
    assert result.stderr == "from Python\n"


def test_all_is_shown_if_the_variable_says_so(tmp_path: Path) -> None:
    code = write_to_stderr(LOG_LINES)
    program = QUIET + "import tensorflow"
    modules = {"tensorflow": code + TENSORFLOW}
    result = run(program, tmp_path, modules, TEXTGEN_SHOW_LOGS="1")
    assert result.stderr.splitlines() == LOG_LINES


def test_an_import_error_is_told_with_what_the_library_wrote(
    tmp_path: Path,
) -> None:
    code = write_to_stderr(["This processor has no AVX.", LOG_LINES[1]])
    code += "raise ImportError('DLL load failed')"
    program = (
        f"try:\n    {QUIET}"
        "except ImportError as error:\n"
        "    print(error)\n"
        "    print(repr(error.__cause__))\n"
    )
    result = run(program, tmp_path, {"tensorflow": code})
    assert result.stdout.splitlines() == [
        "TensorFlow does not load: DLL load failed",
        "This processor has no AVX.",
        LOG_LINES[1],
        "Set TEXTGEN_SHOW_LOGS=1 to see all of its own messages.",
        "ImportError('DLL load failed')",
    ]
    assert result.stderr == "This processor has no AVX.\n"


def test_after_another_error_lines_are_passed_on_too(tmp_path: Path) -> None:
    code = write_to_stderr([*LOG_LINES, *OTHER_LINES]) + "raise OSError('no')"
    result = run(QUIET, tmp_path, {"tensorflow": code})
    assert result.stderr.splitlines()[:3] == OTHER_LINES
    assert result.stderr.endswith("OSError: no\n")


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows opens a window for a crash"
)
def test_a_crash_in_native_code_is_reported(tmp_path: Path) -> None:
    result = run(QUIET, tmp_path, {"tensorflow": "import os; os.abort()"})
    assert result.returncode != 0
    assert "Fatal Python error: Aborted" in result.stderr


def test_it_works_where_no_temporary_file_can_be_made(tmp_path: Path) -> None:
    program = (
        "import tempfile, faulthandler\n"
        "def refuse(): raise OSError(28, 'No space left on device')\n"
        "tempfile.TemporaryFile = refuse\n"
        f"{QUIET}print(faulthandler.is_enabled())"
    )
    result = run(program, tmp_path, {"tensorflow": TENSORFLOW})
    assert (result.returncode, result.stdout) == (0, "False\n")


def test_it_works_where_stderr_is_closed(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "os.close(2)\n"
        f"{QUIET}"
        "import tensorflow\n"
        "print('loaded')\n"
        "try:\n"
        "    os.fstat(2)\n"
        "except OSError:\n"
        "    print('still closed')\n"
    )
    result = run(program, tmp_path, {"tensorflow": SILENT_TENSORFLOW})
    assert result.stdout.splitlines() == ["loaded", "still closed"]


def test_the_descriptor_is_given_back(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "before = os.fstat(2)\n"
        "descriptors = os.dup(2)\n"
        "os.close(descriptors)\n"
        f"{QUIET}"
        "assert os.path.samestat(os.fstat(2), before)\n"
        "assert os.dup(2) == descriptors, 'a descriptor is left open'\n"
    )
    result = run(program, tmp_path, {"tensorflow": TENSORFLOW})
    assert result.returncode == 0, result.stderr


def test_keras_gets_tensorflow(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "print(os.environ['KERAS_BACKEND'])\n"
        "print(os.environ['TF_CPP_MIN_LOG_LEVEL'])\n"
    )
    modules = {"tensorflow": code + TENSORFLOW}
    result = run(QUIET, tmp_path, modules, KERAS_BACKEND="jax")
    assert result.stdout.split() == ["tensorflow", "3"]


def test_a_log_level_of_one_s_own_is_left(tmp_path: Path) -> None:
    code = "import os; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])\n"
    modules = {"tensorflow": code + TENSORFLOW}
    result = run(QUIET, tmp_path, modules, TF_CPP_MIN_LOG_LEVEL="0")
    assert result.stdout.split() == ["0"]


KERAS = """
class config:
    def backend():
        return {backend!r}
"""


def test_keras_with_another_backend_is_refused(tmp_path: Path) -> None:
    modules = {
        "keras": KERAS.format(backend="jax"),
        "tensorflow": "print('TensorFlow is loaded')",
    }
    program = "import keras\nimport textgen_helpers"
    result = run(program, tmp_path, modules)
    assert result.stderr.splitlines()[-1] == (
        "ImportError: Keras has been imported with the backend 'jax', but "
        "this course needs TensorFlow: restart Python, and import "
        "textgen_helpers first."
    )
    assert result.stdout == ""


def test_keras_with_tensorflow_may_come_first(tmp_path: Path) -> None:
    modules = {
        "keras": KERAS.format(backend="tensorflow"),
        "tensorflow": TENSORFLOW,
    }
    result = run("import keras\n" + QUIET, tmp_path, modules)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_loaded_tensorflow_looks_for_devices_silently(
    tmp_path: Path,
) -> None:
    modules = {"tensorflow": TENSORFLOW}
    result = run("import tensorflow\n" + QUIET, tmp_path, modules)
    assert (result.returncode, result.stderr) == (0, "")
