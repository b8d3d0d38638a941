"""The text: the embedded sample, Shakespeare, or a file of your own."""

import contextlib
import hashlib
import socket
from pathlib import Path

import keras

from .settings import DATA_DIR

SHAKESPEARE_URL = (
    "https://storage.googleapis.com/download.tensorflow.org/data/"
    "shakespeare.txt"
)
SHAKESPEARE_SHA256 = (
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
)
_TIMEOUT = 20  # seconds without an answer before a download gives up
_FREQUENT = {  # characters that a text in this encoding has many of
    "utf-16": " \neatoin的一是不了在人有我，。",
    "gb18030": "的一是不了在人有我他这个们中来上大为说到，。、？！：“”",
    "big5": "的一是不了在人有我他這個們中來上大為說到，。、？！：「」",
    "cp932": "のにはをたがでしてとるいなかっりもれ。、",
    "cp949": "이다는에의가고을를은한하지로도",
    "cp1252": "éèàçêäöüßåñíóáúã’“”",
    "cp1250": "áíéóöüőűąęłśżěščřž",
    "cp1251": "оеаинтсрвлкмдпуьы",
    "cp1253": "αοιετνησυρκπμλςόί",
}


def load_corpus(name: str = "sample", *, max_chars: int | None = None) -> str:
    """Return a text; its lines end in a newline character alone.

    `name` is "sample" (the play in data/), "shakespeare" (1,115,394
    characters, downloaded into data/ on first use) or the path of a UTF-8
    file, with or without a byte-order mark. `max_chars` cuts the text off.

    Raises FileNotFoundError where there is no such file, ValueError for a
    file that is empty or not UTF-8 and for `max_chars` below 1, and OSError
    where Shakespeare cannot be downloaded.
    """
    if max_chars is not None and max_chars < 1:
        raise ValueError(f"max_chars must be at least 1, but is {max_chars}.")
    if name == "sample":
        path = DATA_DIR / "sample.txt"
    elif name == "shakespeare":
        path = _fetch_shakespeare(DATA_DIR / "shakespeare.txt")
    else:
        path = Path(name)
    return _read_text(path)[:max_chars]


def split_corpus(text: str, held_out: float = 0.1) -> tuple[str, str]:
    """Return the text to train on, and its end, held out for measuring.

    `held_out` is the fraction that is kept back, between 0 and 1. Raises
    ValueError for another fraction, and for fewer than two characters.
    """
    if not 0 < held_out < 1:
        raise ValueError(
            f"held_out must lie between 0 and 1, but is {held_out}."
        )
    if len(text) < 2:
        raise ValueError(
            f"A text of {len(text)} characters is too short to be split: give "
            "it at least 2."
        )
    cut = min(max(int(len(text) * (1 - held_out)), 1), len(text) - 1)
    return text[:cut], text[cut:]


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no text file {str(path)!r}: give 'sample', "
            "'shakespeare' or the path of a UTF-8 file."
        )
    data = path.read_bytes()
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        position = data.find(0)  # UTF-16 has zeros, text in UTF-8 has none
    except UnicodeDecodeError as error:
        position = error.start
    if position >= 0:
        raise ValueError(
            f"{str(path)!r} is not UTF-8: byte {position} is "
            f"0x{data[position]:02x}. {_way_to_utf8(path, data)}"
        )
    if not text:
        raise ValueError(f"{str(path)!r} is empty: choose a file with text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _way_to_utf8(path: Path, data: bytes) -> str:
    """Say how to convert a file: from the encoding that fits its text best."""
    foreign = [c for c in data.decode("utf-8", "replace") if c > "\x7f"]
    if foreign.count("\ufffd") < len(foreign) / 2:
        return "The rest is UTF-8: mend that place in a text editor."
    fits = dict.fromkeys(_FREQUENT, 0.0)
    for encoding, frequent in _FREQUENT.items():
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            fits[encoding] = sum(map(text.count, frequent)) / len(text or data)
    best = max(fits, key=fits.__getitem__)
    if not fits[best]:
        return "Save it as plain text in UTF-8, in the program that made it."
    old = path.as_posix()
    new = path.with_name(f"{path.stem}-utf8.txt").as_posix()
    return (
        f"It looks like {best}; this writes it anew in UTF-8: python -c "
        f'"from pathlib import Path; t = Path({old!r}).read_text({best!r}); '
        f"Path({new!r}).write_text(t, 'utf-8')\""
    )


def _fetch_shakespeare(path: Path) -> Path:
    """Download Shakespeare to `path`, unless it is there and undamaged."""
    if path.exists():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest == SHAKESPEARE_SHA256:
            return path
        print(f"{path} is damaged or incomplete: fetching it again.")
    try:
        _download(path)
    except Exception as error:  # get_file raises a bare Exception
        raise OSError(
            f"The Shakespeare corpus could not be downloaded ({error}). "
            "Two ways on: use the embedded text, load_corpus('sample'); or "
            f"fetch {SHAKESPEARE_URL} with a browser on any machine and "
            f"store it as {path}."
        ) from None
    return path


def _download(path: Path) -> None:
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)
    try:
        part = keras.utils.get_file(
            f"{path.name}.part",
            SHAKESPEARE_URL,
            file_hash=SHAKESPEARE_SHA256,
            cache_dir=path.parent,
            cache_subdir="",
        )
    finally:
        socket.setdefaulttimeout(timeout)
    Path(part).replace(path)
