"""TensorFlow loads without its log lines; nothing else is silenced.

The package imports this module first. TensorFlow's C++ code writes to file
descriptor 2 and ignores `sys.stderr`, so the descriptor itself is redirected
while the library loads. What other code wrote in the meantime is passed on.
"""

import contextlib
import faulthandler
import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import IO, Any

SHOW_LOGS = "TEXTGEN_SHOW_LOGS"

# Lines of absl, of C++ logging before and after it starts, and of XLA.
_LOG_LINE = re.compile(
    r"WARNING: All log messages before absl"
    r"|[IWEF]\d{4} [\d:.]+ +\d+ "
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IWEF] "
    r"|To enable the following instructions"
    r"|Skipping registering GPU devices"
)


def load_tensorflow() -> None:
    """Import TensorFlow without log lines, and Keras on top of it.

    Raises ImportError with what the native library wrote if it does not load,
    and if Keras has been imported before with another backend.
    """
    if "keras" in sys.modules:
        _check_backend()
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if os.environ.get(SHOW_LOGS):
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _captured_stderr() as log:
        try:
            tensorflow = importlib.import_module("tensorflow")
        except ImportError as error:
            raise ImportError(
                f"TensorFlow does not load: {error}\n{_read(log)}"
                f"Set {SHOW_LOGS}=1 to see all of its own messages."
            ) from error
        # Looking for devices is what makes the GPU libraries write.
        tensorflow.config.list_physical_devices()
        if _xla_writes(tensorflow.__version__):
            _compile_once(tensorflow)
    tensorflow.get_logger().setLevel("ERROR")


def _xla_writes(version: str) -> bool:
    """Tell whether XLA's first compilation writes log lines."""
    major, minor, *_ = version.split(".")
    return (int(major), int(minor)) < (2, 21)


def _compile_once(tensorflow: Any) -> None:
    """Compile something small, so that XLA writes its first lines now."""
    one = tensorflow.constant(1.0)
    with contextlib.suppress(tensorflow.errors.OpError):  # it has no XLA
        tensorflow.function(lambda x: x + x, jit_compile=True)(one)


def _check_backend() -> None:
    """Raise ImportError if Keras runs on something else than TensorFlow."""
    backend = sys.modules["keras"].config.backend()
    if backend != "tensorflow":
        raise ImportError(
            f"Keras has been imported with the backend {backend!r}, but this "
            "course needs TensorFlow: restart Python, and import "
            "textgen_helpers first."
        )


@contextlib.contextmanager
def _captured_stderr() -> Iterator[IO[bytes] | None]:
    """Redirect descriptor 2 to a file; pass on what is no log line after."""
    with contextlib.ExitStack() as stack:
        try:
            terminal = os.dup(2)
            stack.callback(os.close, terminal)
            log = stack.enter_context(tempfile.TemporaryFile())
        except OSError:  # nobody would see a line, or no file can be made
            yield None
            return
        crash_report = not faulthandler.is_enabled()
        if crash_report:  # a crash in native code is still reported
            faulthandler.enable(terminal)
        os.dup2(log.fileno(), 2)
        try:
            yield log
        finally:
            os.dup2(terminal, 2)
            if crash_report:
                faulthandler.disable()
            for line in _read(log).splitlines(keepends=True):
                if not _LOG_LINE.match(line):
                    os.write(terminal, line.encode())


def _read(log: IO[bytes] | None) -> str:
    """Return what has been captured so far."""
    if log is None:
        return ""
    log.seek(0)
    return log.read().decode(errors="replace")


load_tensorflow()
