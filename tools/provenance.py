"""Where the outputs that are stored in a notebook come from."""

import hashlib
import json
import re
from importlib.metadata import version
from typing import Any

from nbformat import NotebookNode

from . import ROOT

NAME = "textgen"  # of the entry in a notebook's metadata
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib")


def provenance(notebook: NotebookNode) -> dict[str, Any]:
    """Return what decides on the outputs of a notebook that runs now."""
    from textgen_helpers.corpus import load_corpus  # slow, seldom needed
    from textgen_helpers.settings import read_settings

    settings = read_settings()
    text = load_corpus(settings.corpus)
    files = [*ROOT.glob("textgen_helpers/**/*.py"), *ROOT.glob("data/ref*")]
    helpers = hashlib.sha256()
    for path in sorted(files):
        helpers.update(path.read_bytes())
    return {
        "profile": settings.profile,
        "dtype": settings.dtype,
        "corpus": settings.corpus,
        "corpus_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "code_sha256": code_hash(notebook),
        "helpers_sha256": helpers.hexdigest(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def code_hash(notebook: NotebookNode) -> str:
    """Return the SHA-256 of a notebook's code cells, in their order."""
    cells = notebook.cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def differences(old: NotebookNode, new: NotebookNode) -> str:
    """Say in which outputs two runs of one notebook differ.

    Numbers are outputs that are equal but for their digits.
    """
    found = {"numbers": 0, "pictures": 0, "texts": 0}
    for cell, other in zip(old.cells, new.cells, strict=True):
        for a, b in zip(_outputs(cell), _outputs(other), strict=False):
            if a != b:
                found[_kind(a, b)] += 1
        missing = len(_outputs(cell)) - len(_outputs(other))
        found["texts"] += abs(missing)
    said = [f"{count} {kind}" for kind, count in found.items() if count]
    return f"{', '.join(said)} changed" if said else "nothing changed"


def _outputs(cell: NotebookNode) -> list[NotebookNode]:
    return cell.outputs if cell.cell_type == "code" else []


def _kind(a: NotebookNode, b: NotebookNode) -> str:
    if "image/png" in a.get("data", {}):
        return "pictures"
    masked = [
        re.sub(r"[\d.,]+", "#", json.dumps(x, sort_keys=True)) for x in (a, b)
    ]
    squeezed = [re.sub(r" +", " ", text) for text in masked]
    return "numbers" if squeezed[0] == squeezed[1] else "texts"
