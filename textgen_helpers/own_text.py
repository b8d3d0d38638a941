"""What to know about a text of your own before a model reads it.

`python -m textgen_helpers.own_text my_text.txt` prints it, or one sentence on
why the text cannot be used.
"""

import sys
import unicodedata
from collections import Counter
from pathlib import Path
from textwrap import fill

from .corpus import load_corpus
from .run_time import least_length, run_seconds
from .settings import Settings, read_settings
from .style import script

_BETTER = 100_000  # characters, after which a model begins to spell
_RARE = 3  # times that a character has to occur, or it is rare
_KINDS = {"N": "digits", "P": "punctuation", "S": "symbols", "C": "invisible"}


def describe_text(path: str, settings: Settings) -> str:
    """Return a report on a file: length, alphabet, encoding, time of a run.

    The time is measured, in a few steps of training. Raises as `load_corpus`
    does, and ValueError for a text that is too short for these settings.
    """
    text = load_corpus(path)
    least = least_length(settings)
    if len(text) < least:
        raise ValueError(
            f"{path!r} has {len(text):,} characters, but the notebooks need "
            f"at least {least:,} in the {settings.profile} profile, better "
            f"{_BETTER:,}: take a longer text."
        )
    better = f", better {_BETTER:,}" if len(text) < _BETTER else ""
    minutes = max(1, run_seconds(text, settings) / 60)
    parts = [
        f"Your text: {path}",
        f"Length: {len(text):,} characters; {least:,} are needed{better}.",
        _describe_alphabet(text),
        _describe_rare(text),
        _describe_bytes(Path(path).read_bytes()),
        _describe_normal_form(text, Path(path)),
        f"Time: about {minutes:.0f} min for all notebooks on this machine.",
    ]
    return "\n".join(parts)


def _describe_alphabet(text: str) -> str:
    kinds = Counter(map(_kind, sorted(set(text)))).most_common(6)
    said = ", ".join(f"{kind} {count:,}" for kind, count in kinds)
    return fill(f"Alphabet: {len(set(text)):,} characters; {said}.", 79)


def _kind(char: str) -> str:
    if char.isspace():
        return "white space"
    return _KINDS.get(unicodedata.category(char)[0]) or script(char)


def _describe_rare(text: str) -> str:
    rare = [char for char, count in Counter(text).items() if count < _RARE]
    if not rare:
        return f"Rare characters: none; each occurs {_RARE} times or more."
    return fill(
        f"Rare characters: {len(rare):,} occur fewer than {_RARE} times: "
        f"{' '.join(map(repr, rare[:10]))}{' ...' * (len(rare) > 10)} The "
        "model can hardly learn them: replace them, or take a longer text.",
        79,
    )


def _describe_bytes(data: bytes) -> str:
    mark = "with" if data.startswith(b"\xef\xbb\xbf") else "without"
    pairs = data.count(b"\r\n")
    lf, cr = (data.count(end) - pairs for end in (b"\n", b"\r"))
    ends = [n for n, k in (("CR LF", pairs), ("LF", lf), ("CR", cr)) if k]
    read = r" (all read as \n)" if pairs or cr else ""
    said = f"lines end in {' or '.join(ends)}{read}" if ends else "one line"
    return f"Encoding: UTF-8 {mark} a byte-order mark; {said}."


def _describe_normal_form(text: str, path: Path) -> str:
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return "Unicode: in normal form NFC."
    new = path.with_stem(f"{path.stem}-nfc").as_posix()
    return (
        "Unicode: not in normal form NFC. One letter can be written in two "
        "ways then,\nand the model takes them for two. In NFC the text has "
        f"{len(text) - len(composed):,} characters fewer:\n"
        'python -c "from pathlib import Path; import unicodedata; '
        f"t = Path({path.as_posix()!r}).read_text('utf-8-sig'); "
        f"Path({new!r}).write_text(unicodedata.normalize('NFC', t), 'utf-8')\""
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("Looking at your text, and timing a few steps of training.")
    try:
        print(describe_text(sys.argv[1], read_settings()))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
