"""A student's guess beside the result, in words."""

import math
from typing import Any

import numpy as np

CLOSE = 0.1  # relative difference of a close guess
LONGEST_GUESS = 60  # characters of a guess in a message


def compare_guess(guess: Any, result: float | str, unit: str = "") -> None:
    """Print a guess beside the result; without a guess, only the result.

    Never raises: a guess of another kind than the result gets a sentence.

    Args:
        guess: A number if the result is one, a word if it is a word. None or
            an empty text: no guess.
        result: A number or a text.
        unit: What the number counts or measures; printed behind it.

    Example:
        >>> tg.compare_guess(60, 65, "characters")
        You guessed 60, it is 65 characters: close.
        >>> tg.compare_guess(None, 65, "characters")
        No guess this time. It is 65 characters.
        >>> tg.compare_guess("falls", "falls")
        You guessed 'falls': correct.
    """
    if isinstance(result, str):
        print(_compare_text(guess, result))
        return
    number = _to_number(result)
    if number is None:
        print(
            "There is nothing to compare: the result is not a number, for "
            "example because the text has no words."
        )
        return
    if math.isinf(number):
        print(f"There is nothing to compare: the result is {_short(number)}.")
        return
    print(_compare_number(guess, number, unit))


def _compare_text(guess: Any, result: str) -> str:
    """Return the line for a result that is a text."""
    if _is_missing(guess):
        return f"No guess this time. It is: {result}."
    is_text = isinstance(guess, (str, int, np.integer))
    if not is_text or isinstance(guess, bool):
        return (
            f"Your guess {_show(guess)} is not a word in quotation marks. "
            f"It is: {result}."
        )
    word = str(guess).strip()
    if word.casefold() == result.strip().casefold():
        return f"You guessed {_show(word)}: correct."
    return f"You guessed {_show(word)}. It is: {result}."


def _compare_number(guess: Any, result: float, unit: str) -> str:
    """Return the line for a result that is a finite number."""
    result_text = f"{_short(result)} {unit}".strip()
    if _is_missing(guess):
        return f"No guess this time. It is {result_text}."
    number = _to_number(guess)
    if number is None:
        return (
            f"Your guess {_show(guess)} is not a number. The result is "
            f"{result_text}."
        )
    distance = _describe_distance(number, result)
    return f"You guessed {_short(number)}, it is {result_text}: {distance}."


def _is_missing(guess: Any) -> bool:
    return guess is None or (isinstance(guess, str) and not guess.strip())


def _to_number(value: Any) -> float | None:
    """Return a value as a float; None for what is not a single number."""
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        # An array of one number is not a number either.
        if np.ndim(value) > 0:
            return None
        number = float(value)
    except Exception:
        return None
    return None if math.isnan(number) else number


def _describe_distance(guess: float, result: float) -> str:
    """Return how far a guess is from a finite result, in words."""
    if abs(guess - result) <= CLOSE * abs(result):
        return "close"
    direction = "too high" if guess > result else "too low"
    if min(guess, result) <= 0:
        return direction
    factor = max(guess / result, result / guess)
    if factor < 2 or math.isinf(factor):
        return direction
    return f"{direction}, by a factor of {_short(factor)}"


def _short(number: float) -> str:
    """Return a number that is not NaN with at most four digits that count."""
    if math.isinf(number):
        return "infinity" if number > 0 else "minus infinity"
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.4g}"


def _show(value: Any) -> str:
    """Return a value as Python writes it, on one short line."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a class whose repr fails
        return f"of the type {type(value).__name__}"
    if len(text) <= LONGEST_GUESS:
        return text
    return f"{text[: LONGEST_GUESS - 3]}..."
