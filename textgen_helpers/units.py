"""What a unit of the hidden state tells about the text that was read."""

import re
from collections.abc import Mapping, Sized
from itertools import groupby

import numpy as np

# A match of either ends with the first character that is outside again.
_NAME = re.compile(r"(?:(?<=\n\n)|\A)[^\n]+:\n")
_QUOTATION = re.compile(
    "|".join(
        rf"[{opening}](?:[^{closing}\n]|\n(?!\n))*[{closing}]"
        for opening, closing in ('""', ("“„", "“”"), ("«»", "«»"), "「」")
    )
)


def text_features(text: str) -> dict[str, np.ndarray]:
    """Return what a reader could keep in mind, by name.

    Each is float (characters,) and describes the text up to each character,
    this one included: as the state after it does. Counts start anew with
    each line or word; the others are 1.0 where they hold, otherwise 0.0:

    - "place in the line": characters since the line break;
    - "place in the word": letters since the last other character;
    - "speaker's name": in a line that ends in a colon and begins the text
      or follows an empty line, the colon included;
    - "in quotation marks": after an opening mark and before its closing one
      ("", “”, „“, «», »«, 「」), where no empty line lies between them;
    - "capital letter": it is one;
    - "empty line": it ends one.

    A feature that never changes in this text is left out.
    """
    breaks = np.array([char == "\n" for char in text], bool)
    others = np.array([not char.isalpha() for char in text], bool)
    after_break = np.concatenate([[True], breaks])[:-1]
    features = {
        "place in the line": _since(breaks),
        "place in the word": _since(others),
        "speaker's name": _inside(_NAME, text),
        "in quotation marks": _inside(_QUOTATION, text),
        "capital letter": np.array([float(char.isupper()) for char in text]),
        "empty line": (breaks & after_break).astype(float),
    }
    return {
        name: values
        for name, values in features.items()
        if len(np.unique(values)) > 1
    }


def telling_units(
    features: Mapping[str, np.ndarray], states: np.ndarray
) -> dict[str, tuple[int, float]]:
    """Return for each feature the unit that goes with it most closely.

    `features` are float (characters,), `states` float (characters, units).
    The second number is Pearson's correlation of the two, from -1 to 1; the
    unit is the one whose correlation is farthest from 0, the first of them
    if several are. What never changes has the correlation 0. Raises
    ValueError where the lengths differ.
    """
    units = _standard(states)
    found = {}
    for name, values in features.items():
        _check_lengths(states, values)
        correlations = _standard(values) @ units
        unit = int(np.abs(correlations).argmax())
        found[name] = unit, float(correlations[unit])
    return found


def mark_text(text: str, values: np.ndarray, above: float) -> str:
    r"""Return the text with brackets around what has values above a bound.

    `values` is float (characters,). "[ROMEO:]\nO, she" marks six characters.
    Line breaks at either end of a marked span stay outside of its brackets;
    a span of nothing else is shown as [] before them. Raises ValueError where
    the lengths differ.
    """
    _check_lengths(text, values)
    pieces, start = [], 0
    for marked, run in groupby(np.asarray(values) > above):
        end = start + len(list(run))
        piece = text[start:end]
        core = piece.strip("\n")
        pieces.append(piece.replace(core, f"[{core}]", 1) if marked else piece)
        start = end
    return "".join(pieces)


def _check_lengths(read: Sized, values: Sized) -> None:
    if len(values) != len(read):
        raise ValueError(
            f"There are {len(values)} values for {len(read)} characters: "
            "take both from the same text."
        )


def _since(marks: np.ndarray) -> np.ndarray:
    """Return how many characters ago the last mark was; 0 at a mark."""
    places = np.arange(len(marks))
    last = np.maximum.accumulate(np.where(marks, places, -1))
    return (places - last).astype(float)


def _inside(pattern: re.Pattern[str], text: str) -> np.ndarray:
    """Return 1.0 within the pattern's matches, except their last character."""
    inside = np.zeros(len(text))
    for match in pattern.finditer(text):
        inside[match.start() : match.end() - 1] = 1.0
    return inside


def _standard(values: np.ndarray) -> np.ndarray:
    """Return values less their mean, of length 1 along the characters.

    Products of two of them are correlations. A constant becomes all zeros.
    """
    values = np.asarray(values, float)
    changes = np.ptp(values, axis=0) > 0
    centred = np.where(changes, values - values.mean(axis=0), 0.0)
    return centred / np.where(changes, np.linalg.norm(centred, axis=0), 1.0)
