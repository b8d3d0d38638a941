"""A trained model that comes with the course: `data/reference.npz`.

Its weights are stored as 16-bit floats; `data/reference.json` beside it says
what they are and how they were made.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from .model import build_model
from .settings import DATA_DIR
from .vocabulary import Vocabulary

ABOUT = DATA_DIR / "reference.json"
_SIZES = ("embedding_dim", "rnn_units", "rnn_layers", "dropout")


def save_reference(
    model: keras.Sequential, vocabulary: Vocabulary, facts: Mapping[str, Any]
) -> None:
    """Write the model that `load_reference` returns.

    `facts` are whatever can be told of it in JSON; among them "settings", with
    the sizes that `build_model` needs.
    """
    arrays = [array.astype(np.float16) for array in model.get_weights()]
    part, about = ABOUT.with_suffix(".npz.part"), ABOUT.with_suffix(".part")
    with part.open("wb") as file:  # given a name, NumPy would add to it
        np.savez(file, *arrays)
    sha256 = hashlib.sha256(part.read_bytes()).hexdigest()
    told = {**facts, "vocabulary": vocabulary.characters, "sha256": sha256}
    about.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    part.replace(_weights())
    about.replace(ABOUT)


def load_reference() -> tuple[keras.Sequential, Vocabulary]:
    """Return the course's own trained model, with batch size 1.

    It has read nine tenths of Shakespeare's text. Raises FileNotFoundError if
    a file is missing, ValueError where hash or sizes are not those that the
    JSON file tells.
    """
    facts = read_reference()
    if hashlib.sha256(_weights().read_bytes()).hexdigest() != facts["sha256"]:
        raise ValueError(_wrong("its SHA-256 is another"))
    with np.load(_weights(), allow_pickle=False) as file:
        arrays = [file[name].astype(np.float32) for name in file.files]
    vocabulary = Vocabulary(facts["vocabulary"])
    sizes = {name: facts["settings"][name] for name in _SIZES}
    model = build_model(len(vocabulary), batch_size=1, **sizes)
    found = [array.shape for array in arrays]
    if found != [array.shape for array in model.get_weights()]:
        raise ValueError(_wrong("its weights have other sizes"))
    model.set_weights(arrays)
    return model, vocabulary


def read_reference() -> dict[str, Any]:
    """Return what is told of the reference model.

    "settings" and "history" of its training (as `read_history` returns it),
    "corpus_sha256", "processor" and "versions", "parameters" (their number),
    "held_out" (nats per character, by how it was measured), "vocabulary", and
    "sha256" of its weights. Raises as `load_reference` does.
    """
    for path in (ABOUT, _weights()):
        if not path.is_file():
            raise FileNotFoundError(
                f"There is no file {str(path)!r}: get it again from where you "
                "have got this course."
            )
    try:
        return json.loads(ABOUT.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(_wrong("its description is damaged")) from None


def _weights() -> Path:
    return ABOUT.with_suffix(".npz")


def _wrong(what: str) -> str:
    return (
        f"{_weights()} cannot be used, because {what} than {ABOUT.name} says: "
        "get both again from where you have got this course."
    )
