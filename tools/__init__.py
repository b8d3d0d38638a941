"""Programs that the commands of tasks.py start."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"


def course_notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks of the course in their order.

    Others that somebody has made beside them, such as Untitled.ipynb, are
    left alone.
    """
    name = re.compile(r"\d\d_\w+\.ipynb")
    return sorted(p for p in folder.glob("*.ipynb") if name.fullmatch(p.name))
