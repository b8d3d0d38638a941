"""A program that is killed while it writes a file."""

import subprocess
import sys
from pathlib import Path

from textgen_helpers import files

# `files` needs the standard library only: so this program starts at once.
_PROGRAM = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("files", sys.argv[1])
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
with files.write_atomically(pathlib.Path(sys.argv[2])) as part:
    with part.open("w") as file:
        file.write("half")
        file.flush()
        print("half", flush=True)
        input()
"""


def kill_while_writing(path: Path) -> None:
    """Start to write a file in another process, and kill it halfway."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, files.__file__, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline().strip() == b"half"
        process.kill()  # SIGKILL: no code of the program runs any more
    assert process.returncode != 0
