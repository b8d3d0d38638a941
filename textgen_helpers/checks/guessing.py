"""A guess beside what came out, in words."""

import math
from typing import Any

CLOSE = 0.1  # relative difference of a close guess


def reconcile(guess: Any, result: float | str, unit: str = "") -> None:
    """Print a guess beside the result; without a guess, only the result.

    A `result` that is a number (of `unit`) wants a number as guess; one that
    is text wants the same words. A guess of another kind gets a sentence,
    never an error.
    """
    if isinstance(result, str):
        words = f"It is: {result}."
        if _is_missing(guess):
            print(f"No guess this time. {words}")
        elif str(guess).strip().lower() == result.lower():
            print(f"You guessed {str(guess).strip()!r}, and so it is.")
        else:
            print(f"You guessed {str(guess)!r}. {words}")
        return
    words = f"{_short(result)} {unit}".strip()
    if _is_missing(guess):
        print(f"No guess this time. It is {words}.")
        return
    try:
        number = float(guess)
        written = _short(number)
    except (TypeError, ValueError):  # a list, a word, not-a-number
        print(f"Your guess {guess!r} is no number: try one. It is {words}.")
        return
    print(f"You guessed {written}, it is {words}: {_far(number, result)}.")


def _is_missing(guess: Any) -> bool:
    return guess is None or (isinstance(guess, str) and not guess.strip())


def _far(guess: float, result: float) -> str:
    """Return how far a guess is from the result."""
    if abs(guess - result) <= CLOSE * abs(result):
        return "close"
    way = "too high" if guess > result else "too low"
    if min(guess, result) > 0 and not 0.5 < guess / result < 2:
        times = max(guess / result, result / guess)
        return f"{way}, by a factor of {_short(times)}"
    return way


def _short(number: float) -> str:
    """Return a number with at most three digits that count."""
    if abs(number) == math.inf:
        return "infinity"
    if number == int(number):  # ValueError for not-a-number
        return f"{int(number):,}"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
