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
    """Return what a reader could keep in mind at each character.

    Counts begin again with each line or word. The others are 1.0 where they
    hold, otherwise 0.0:

    - "place in the line": characters since the line break;
    - "place in the word": letters since the last other character;
    - "speaker's name": in a line that ends in a colon and begins the text
      or follows an empty line, the colon included;
    - "in quotation marks": after an opening mark and before its closing one
      ("", “”, „“, «», »«, 「」), if there is no empty line between them;
    - "capital letter": it is one;
    - "empty line": it ends one.

    Args:
        text: A text.

    Returns:
        Features by name, float (characters,). Each describes the text up to a
        character, this one included, as the state after it does. A feature
        that never changes in this text is left out.

    Example:
        >>> print(tg.text_features("We go")["place in the word"])
        [1. 2. 0. 1. 2.]

    Notebook 6 searches for units that follow them.
    """
    breaks = np.array([char == "\n" for char in text], bool)
    others = np.array([not char.isalpha() for char in text], bool)
    after_break = np.concatenate([[True], breaks])[:-1]
    features = {
        "place in the line": _steps_since(breaks),
        "place in the word": _steps_since(others),
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


def most_correlated_units(
    features: Mapping[str, np.ndarray], states: np.ndarray
) -> dict[str, tuple[int, float]]:
    """Find for each feature the unit that follows it most closely.

    Args:
        features: Features of a text, float (characters,) each.
        states: The state after each character, float (characters, units).

    Returns:
        For each feature a unit and Pearson's correlation of the two, from -1
        to 1. The unit is the one whose correlation is farthest from 0 (the
        first of several). What never changes has the correlation 0.

    Raises:
        ValueError: The lengths differ.

    Example:
        >>> states = np.array([[1.0, 3.0], [0.0, 2.0], [1.0, 1.0]])
        >>> features = {"falls": np.array([5, 4, 3])}
        >>> units = tg.most_correlated_units(features, states)
        >>> unit, correlation = units["falls"]
        >>> unit, round(correlation, 3)
        (1, 1.0)
    """
    units = _standardised(states)
    results = {}
    for name, values in features.items():
        _check_lengths(states, values)
        correlations = _standardised(values) @ units
        unit = int(np.abs(correlations).argmax())
        results[name] = unit, float(correlations[unit])
    return results


def mark_text(text: str, values: np.ndarray, above: float) -> str:
    r"""Put brackets around the parts of a text that have high values.

    Line breaks at either end of a part stay outside of its brackets; a part
    of nothing else is shown as [] before them.

    Args:
        text: A text.
        values: A number for each character, float (characters,).
        above: Characters whose value is above this bound are marked.

    Returns:
        The text with brackets.

    Raises:
        ValueError: The lengths differ.

    Example:
        >>> tg.mark_text("ROMEO:\nO", np.array([1, 1, 1, 1, 1, 1, 0, 0]), 0.5)
        '[ROMEO:]\nO'
    """
    _check_lengths(text, values)
    pieces, start = [], 0
    for is_marked, run in groupby(np.asarray(values) > above):
        end = start + len(list(run))
        piece = text[start:end]
        if is_marked:
            core = piece.strip("\n")
            piece = piece.replace(core, f"[{core}]", 1)
        pieces.append(piece)
        start = end
    return "".join(pieces)


def _check_lengths(text: Sized, values: Sized) -> None:
    """Raise ValueError if there is not one value for each character."""
    if len(values) != len(text):
        raise ValueError(
            f"There are {len(values)} values for {len(text)} characters: "
            "take both from the same text."
        )


def _steps_since(marks: np.ndarray) -> np.ndarray:
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


def _standardised(values: np.ndarray) -> np.ndarray:
    """Return values less their mean, of length 1 along the characters.

    Products of two of them are correlations. A constant becomes all zeros.
    """
    values = np.asarray(values, float)
    changes = np.ptp(values, axis=0) > 0
    centred = np.where(changes, values - values.mean(axis=0), 0.0)
    return centred / np.where(changes, np.linalg.norm(centred, axis=0), 1.0)
