"""The whole course on the oddest text that it allows.

    python -m tests.odd_text FOLDER

writes a text of two emoji, without words and without a line break, into a file
with an odd name, and runs all notebooks on it in the quick profile, into
FOLDER. The code is not 0 if the report refuses the text, or if a cell fails or
writes to stderr.
"""

import textgen_helpers  # noqa: F401  isort: skip (first: it silences TensorFlow)
import os
import random
import sys
import tempfile
from pathlib import Path

from textgen_helpers.settings import QUICK
from tools import own_text
from tools.notebooks import run

ALPHABET = "\N{SNAKE}\N{UMBRELLA}"
NAME = "it's $(touch x) cafe\u0301"
ENDS = (" \udcff.txt", ".txt")  # the first has a byte that is not UTF-8


def main(folder: str) -> int:
    """Run the notebooks; return 0 if all is well."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["TEXTGEN_PROFILE"] = "quick"
        os.environ["TEXTGEN_CORPUS"] = path = write_odd_text(Path(place))
        os.environ["TEXTGEN_CHECKPOINTS"] = str(Path(place, "checkpoints"))
        own_text.main([path])
        return run.main([folder, "--strict"])


def write_odd_text(folder: Path) -> str:
    """Write a text of the least length that is allowed; return its path."""
    length = own_text.min_length(QUICK)
    text = "".join(random.Random(0).choices(ALPHABET, k=length))
    for end in ENDS:
        path = folder / f"{NAME}{end}"
        try:
            path.write_text(text, encoding="utf-8")
        except (OSError, UnicodeError):  # this system has no such names
            continue
        return str(path)
    raise OSError(f"No odd file name can be written in {folder}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
