"""What to know about a text of your own before a model reads it.

    python -m tools.own_text FILE [--encoding NAME] [--max-chars N] [--copy TO]

prints a report, or one sentence on why the text cannot be used. With --copy,
what is read of the text is also written to TO, in UTF-8.
"""

import textgen_helpers  # noqa: F401  isort: skip (first: it silences TensorFlow)
import argparse
import codecs
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from textgen_helpers.files import write_atomically
from textgen_helpers.settings import Settings, read_settings
from textgen_helpers.text.corpus import (
    WrongEncodingError,
    load_corpus,
    split_corpus,
)
from textgen_helpers.text.vocabulary import script
from textgen_helpers.training.duration import describe_duration
from textgen_helpers.training.recipes import recipe_for

from .encodings import guess_encoding
from .lesson_time import lesson_seconds, rest_seconds

ENOUGH = 100_000  # characters, after which a model begins to spell
RARE = 3  # a character that occurs less often is rare
TOO_LONG = 2 * 60 * 60  # seconds of a run that nobody starts by mistake
SHORT = 10 * 60  # seconds of a run that is offered instead
KINDS = {"N": "digits", "P": "punctuation", "S": "symbols", "C": "invisible"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report on a file."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file")
    parser.add_argument("--encoding", metavar="NAME")
    parser.add_argument("--max-chars", metavar="N", type=int)
    parser.add_argument("--copy", metavar="TO", type=Path)
    options = parser.parse_args(arguments)
    choice = (options.encoding, options.max_chars)
    print("Looking at your text.", flush=True)
    print(describe_text(options.file, read_settings(), *choice))
    if options.copy:
        text = read_text(options.file, options.encoding)[: options.max_chars]
        with write_atomically(options.copy) as part:
            part.write_bytes(text.encode())
    return 0


def describe_text(
    path: str,
    settings: Settings,
    encoding: str | None = None,
    max_chars: int | None = None,
) -> str:
    """Return a report on a file: length, alphabet, encoding, time of a run.

    Raises as `read_text` does, and ValueError for a text with which the
    notebooks would stop, or take hours without `max_chars`.
    """
    if max_chars is not None and max_chars < 1:
        raise ValueError(f"--max-chars must be 1 or more, but is {max_chars}.")
    whole = read_text(path, encoding)
    text = whole[:max_chars]
    _check_text(path, text, len(whole), settings)
    seconds = lesson_seconds(len(text), len(set(text)), settings)
    if seconds > TOO_LONG and max_chars is None:
        raise ValueError(_too_long(path, len(text), settings, seconds))
    duration = describe_duration(seconds)
    least = min_length(settings)
    cut = f" of {len(whole):,}" if len(text) < len(whole) else ""
    better = f", better {ENOUGH:,}" if len(text) < ENOUGH else ""
    parts = [
        f"Your text: {path!r}",
        f"Length: {len(text):,}{cut} characters; {least:,} are needed{better}.",
        _describe_alphabet(text),
        _describe_rare(text),
        _describe_bytes(Path(path).read_bytes(), encoding),
        _describe_normal_form(text),
        f"Time: {duration} for all notebooks on this machine.",
    ]
    if encoding is not None:
        parts.insert(1, f"It begins: {text[:60]!r}")
    return "\n".join(parts)


def read_text(path: str, encoding: str | None = None) -> str:
    """Return the text of a file, in UTF-8 if no encoding is given.

    Raises as `load_corpus` does; for a file that is not UTF-8 the sentence
    says in which encoding it probably is.
    """
    if encoding is not None:
        return load_corpus(path, encoding=encoding)
    try:
        return load_corpus(path)
    except WrongEncodingError as error:
        name = guess_encoding(Path(path).read_bytes())
        advice = (
            f"It is probably {name}: give --encoding {name}."
            if name
            else "Its encoding is unknown: give it as --encoding, or save the "
            "text as UTF-8 in an editor."
        )
        raise ValueError(f"{error.where} {advice}") from None


def _check_text(path: str, text: str, full: int, settings: Settings) -> None:
    """Raise ValueError for a text with which a notebook would stop."""
    least = min_length(settings)
    if len(text) < least:
        needed = f"at least {least:,} in the {settings.profile} profile"
        if full >= least:
            raise ValueError(
                f"--max-chars is {len(text):,}, but the notebooks need "
                f"{needed}, better {ENOUGH:,}: give more."
            )
        raise ValueError(
            f"{path!r} has {len(text):,} characters, but the notebooks need "
            f"{needed}, better {ENOUGH:,}: take a longer text."
        )
    if len(set(text)) < 2:
        raise ValueError(
            f"{path!r} has only one character, {text[0]!r}, again and again, "
            "but a model needs at least two different ones to have something "
            "to guess: take another text."
        )
    if not searched_passage(text).strip("\n"):
        raise ValueError(
            f"The last tenth of {path!r} begins with line breaks and nothing "
            "else, which notebook 6 cannot tell apart: delete them in an "
            "editor."
        )


def searched_passage(text: str) -> str:
    """Return the part of a text in which notebook 6 searches for features."""
    train_text, *_ = split_corpus(text)
    held_out = text[len(train_text) :]
    start = held_out.find("\n", 0, 100) + 1
    passage = held_out[start : start + 3_000]
    return passage[: len(passage) // 2]


def _too_long(
    path: str, length: int, settings: Settings, seconds: float
) -> str:
    """Say how long a run would take, and how much of the text fits."""
    rest = rest_seconds(settings)
    share = (SHORT - rest) / (seconds - rest)
    rounded = int(share * length) // 1000 * 1000  # easy to type
    part = max(min_length(settings), rounded)
    part_seconds = rest + (seconds - rest) * part / length
    return (
        f"All notebooks would take {describe_duration(seconds)} on this "
        f"machine with the {length:,} characters of {path!r}: give "
        f"--max-chars {part} to take the first ones only, "
        f"{describe_duration(part_seconds)}, or --max-chars {length} to take "
        "all."
    )


def min_length(settings: Settings) -> int:
    """Return how many characters the notebooks need.

    Validation and test text, a twentieth each, must fill a batch of the
    recipe's streams. The whole text must fill the two batches of streams that
    notebook 3 shows, and a batch of the classic recipe's windows.
    """
    recipe = recipe_for(settings)
    streams = 20 * (recipe.batch_size * recipe.seq_length + 1)
    windows = settings.batch_size * (settings.seq_length + 1)
    return max(streams, windows, 2 * 64 * 100 + 1)


def _describe_alphabet(text: str) -> str:
    """Return how many characters there are, and of which kinds."""
    characters = sorted(set(text))
    kinds = Counter(map(_kind, characters)).most_common(6)
    counts = ", ".join(f"{kind} {count:,}" for kind, count in kinds)
    return fill(f"Alphabet: {len(characters):,} characters; {counts}.", 79)


def _kind(char: str) -> str:
    """Return the kind of a character: a script, digits, white space, ..."""
    if char.isspace():
        return "white space"
    return KINDS.get(unicodedata.category(char)[0]) or script(char)


def _describe_rare(text: str) -> str:
    """Return which characters are too rare to be learnt."""
    rare = [char for char, count in Counter(text).items() if count < RARE]
    if not rare:
        return f"Rare characters: none; each occurs {RARE} times or more."
    examples = " ".join(map(repr, rare[:10]))
    if len(rare) > 10:
        examples += " ..."
    return fill(
        f"Rare characters: {len(rare):,} occur fewer than {RARE} times: "
        f"{examples} The model can hardly learn them: replace them, or take a "
        "longer text.",
        79,
    )


def _describe_bytes(data: bytes, encoding: str | None = None) -> str:
    """Return what only a file has: its encoding, and ends of lines."""
    text = data.decode(encoding or "utf-8")
    if codecs.lookup(encoding or "utf-8").name == "utf-8":
        mark = "with" if text.startswith("\ufeff") else "without"
        name = f"UTF-8 {mark} a byte-order mark"
    else:
        name = str(encoding)
    pairs = text.count("\r\n")
    counts = {
        "CR LF": pairs,
        "LF": text.count("\n") - pairs,
        "CR": text.count("\r") - pairs,
    }
    ends = [end for end, count in counts.items() if count]
    lines = f"lines end in {' or '.join(ends)}" if ends else "one line"
    if counts["CR LF"] or counts["CR"]:
        lines += r" (all read as \n)"
    return f"Encoding: {name}; {lines}."


def _describe_normal_form(text: str) -> str:
    """Return whether each letter is written in one way only."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return "Unicode: in normal form NFC."
    fewer = len(text) - len(composed)
    changed = f"has {fewer:,} characters fewer" if fewer else "is as long"
    return (
        "Unicode: not in normal form NFC. The same letter can be written in "
        "two ways then,\nand the model takes them for two letters. In NFC the "
        f"text {changed}.\nA text editor or Python's "
        "unicodedata.normalize('NFC', text) can convert it."
    )


def explain(error: Exception) -> str:
    """Return a sentence on why the text cannot be used."""
    if isinstance(error, MemoryError):
        return (
            "The text is too large for the memory of this machine: give a "
            "smaller file."
        )
    if isinstance(error, OSError) and error.strerror:
        place = f"{str(error.filename)!r} cannot be read or written"
        return f"{place} ({error.strerror})."
    return str(error)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (MemoryError, OSError, ValueError) as error:
        sys.exit(explain(error))
