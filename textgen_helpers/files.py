"""Files that are written whole or not at all; names that all systems take."""

import contextlib
import re
import uuid
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def write_atomically(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to, and move it to `path` at the end.

    The temporary file has a name of its own in the same folder, which is made
    if it is missing. So two programs that write the same file do not disturb
    each other: the last one wins. If an error occurs in between, the old file
    stays as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays: some writers choose the format by it.
    part = path.with_name(f".part-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def plain_name(name: str) -> str:
    """Return a name of ASCII letters, digits, hyphens and underscores only.

    It has 40 characters at most. Any other characters become a hyphen, so two
    names can become the same; of nothing but others the name is "text".
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
    return plain[:40].strip("-") or "text"
