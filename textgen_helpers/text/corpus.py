"""The text: the embedded sample, Shakespeare, or a file of your own."""

import codecs
import contextlib
import hashlib
import io
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import keras

from ..files import write_atomically
from ..settings import DATA_DIR, download_dir

if TYPE_CHECKING:
    from .disk import EncodedText

Text = TypeVar("Text", str, "EncodedText")

PIECE_SIZE = 2**16
"""Bytes that `text_pieces` reads at a time: few enough for a fast cache."""

SHAKESPEARE_URL = (
    "https://storage.googleapis.com/download.tensorflow.org/data/"
    "shakespeare.txt"
)
SHAKESPEARE_SHA256 = (
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
)
_TIMEOUT = 20  # seconds without an answer before a download gives up


class WrongEncodingError(ValueError):
    """A text file is in another encoding than the one it was read in.

    Attributes:
        where: A sentence that says which byte does not fit.
    """

    def __init__(self, where: str) -> None:
        """Say where it does not fit, and what to do."""
        super().__init__(
            f"{where} Save it as UTF-8 in an editor, or give its encoding."
        )
        self.where = where


def load_corpus(
    name: str = "sample",
    *,
    encoding: str = "utf-8",
    max_chars: int | None = None,
) -> str:
    r"""Return a text whose lines all end in "\n".

    Args:
        name: "sample" (the play that comes with the course), "shakespeare"
            (1,115,394 characters, downloaded on first use) or the path of a
            text file.
        encoding: Encoding of that file, as Python names it. A byte-order mark
            is left out.
        max_chars: The text is cut off after so many characters. None: it is
            returned whole.

    Returns:
        The text.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is empty or in another encoding
            (`WrongEncodingError`), `encoding` does not exist, or `max_chars`
            is below 1.
        OSError: Shakespeare cannot be downloaded.

    Example:
        >>> tg.load_corpus("sample", max_chars=14)
        'First Citizen:'

    Notebook 1 begins with it.
    """
    if max_chars is not None and max_chars < 1:
        raise ValueError(f"max_chars must be at least 1, but is {max_chars}.")
    if name in {"sample", "shakespeare"}:
        encoding = "utf-8"
    return _read_text(corpus_path(name), encoding)[:max_chars]


def corpus_path(name: str | Path) -> Path:
    """Return the path of a text by the name that `load_corpus` takes.

    Raises FileNotFoundError if there is no such file.
    """
    if name == "sample":
        return DATA_DIR / "sample.txt"
    if name == "shakespeare":
        return _fetch_shakespeare()
    path = Path(name)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no text file {str(path)!r}: give 'sample', "
            "'shakespeare' or the path of a text file."
        )
    return path


def text_pieces(path: Path) -> Iterator[str]:
    """Yield the text that `load_corpus` gives of a UTF-8 file, in pieces.

    There is one piece for each `PIECE_SIZE` bytes, and a last one at the end
    of the file; a piece may be empty. Raises the errors of `load_corpus`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    data, is_end, length = b"", False, 0
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        while not is_end:
            before, data = data, file.read(PIECE_SIZE)
            is_end = not data
            try:
                piece = decoder.decode(data, is_end)
            except UnicodeDecodeError as error:
                # The piece before may have the first bytes of a character.
                near = before + data
                first = file.tell() - len(near)
                raise _decoding_error(
                    path, near, "utf-8", error, first
                ) from None
            if "\0" in piece:
                raise _nul_error(path, piece, "utf-8", length)
            length += len(piece)
            yield newlines.decode(piece, is_end)
    if not length:
        raise _empty_error(path)


def split_corpus(
    text: Text, validation: float = 0.05, test: float = 0.05
) -> tuple[Text, Text, Text]:
    """Split a text: to train on, to choose by, and for the last judgement.

    What has been chosen by a text fits that text a little better than any
    other, so it cannot be judged by it. The parts are contiguous, in this
    order.

    Args:
        text: A text of three characters or more, as a string or on disk.
        validation: Fraction of the text to choose by, between 0 and 1.
        test: Fraction for the last judgement, between 0 and 1.

    Returns:
        Training text, validation text and test text.

    Raises:
        ValueError: A fraction is not between 0 and 1, or nothing is left to
            train on, or the text is too short.

    Example:
        >>> tg.split_corpus("To be, or not", validation=0.2, test=0.2)
        ('To be, ', 'or ', 'not')

    Notebook 1 explains it.
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0 < share < 1:
            raise ValueError(f"{name} must be between 0 and 1, but is {share}.")
    if validation + test >= 1:
        raise ValueError(
            f"validation and test, {validation} and {test}, leave nothing to "
            "train on: take smaller fractions."
        )
    if len(text) < 3:
        raise ValueError(
            f"A text of {len(text)} characters is too short to be split: it "
            "needs at least 3."
        )
    last = len(text) - 1
    end = min(max(int(len(text) * (1 - (validation + test))), 1), last - 1)
    cut = min(max(int(len(text) * (1 - test)), end + 1), last)
    return text[:end], text[end:cut], text[cut:]


def _read_text(path: Path, encoding: str) -> str:
    """Read a file; say in one sentence why it cannot be used."""
    data = path.read_bytes()
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _decoding_error(path, data, encoding, error) from None
    except (LookupError, UnicodeError):  # the latter for what is no text
        raise ValueError(
            f"There is no encoding {encoding!r}: give one that Python knows, "
            "as 'utf-8' or 'cp1252'."
        ) from None
    if "\0" in text:
        raise _nul_error(path, text, encoding)
    half = re.search("[\ud800-\udfff]", text)
    if half:
        raise ValueError(
            f"{str(path)!r} is not {encoding}: character {half.start()} is "
            "one half of a pair. Give its encoding."
        )
    if not text:
        raise _empty_error(path)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _empty_error(path: Path) -> ValueError:
    return ValueError(f"{str(path)!r} is empty: choose a file with text.")


def _decoding_error(
    path: Path,
    data: bytes,
    encoding: str,
    error: UnicodeDecodeError,
    first: int = 0,
) -> ValueError:
    """Return an error that says which byte does not fit, and what to do.

    `first` is the position of `data` in the file.
    """
    is_utf8 = codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    name = "UTF-8" if is_utf8 else encoding
    # A decoder may have taken away a byte-order mark before it counts.
    position = error.start + len(data) - len(error.object)
    where = (
        f"{str(path)!r} is not {name}: byte {first + position} is "
        f"0x{data[position]:02x}."
    )
    if not is_utf8:
        return ValueError(
            f"{where} Give another encoding, or save it as UTF-8 in an editor."
        )
    decoded = data.decode("utf-8", "replace")
    foreign = len(decoded) - len(decoded.encode("ascii", "ignore"))
    if 2 * decoded.count("\ufffd") < foreign:
        return ValueError(
            f"{where} The rest is UTF-8: correct that place in an editor."
        )
    return WrongEncodingError(where)


def _nul_error(
    path: Path, text: str, encoding: str, first: int = 0
) -> ValueError:
    """Say where a NUL is, and whether the text is rather UTF-16 or UTF-32.

    `first` is the position of `text` in the file, in characters.
    """
    position, count = first + text.index("\0"), text.count("\0")
    # UTF-16 and UTF-32 have a NUL in each Latin letter, and in each space.
    is_wide = count >= 10 and 200 * count >= len(text)
    if is_wide and encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
        return WrongEncodingError(
            f"{str(path)!r} is not UTF-8: byte {position} is 0x00, and so are "
            "many others, as in UTF-16 or UTF-32."
        )
    return ValueError(
        f"{str(path)!r} has a NUL (0x00), which no text has, at character "
        f"{position}: remove it in an editor."
    )


def _fetch_shakespeare() -> Path:
    """Return where Shakespeare is; download it unless it is undamaged."""
    name = "shakespeare.txt"
    path = download_dir() / name
    for place in dict.fromkeys([path, DATA_DIR / name]):
        if place.is_file():
            digest = hashlib.sha256(place.read_bytes()).hexdigest()
            if digest == SHAKESPEARE_SHA256:
                return place
            print(f"{place} is damaged or incomplete: it is not used.")
    try:
        with write_atomically(path) as part, _network_timeout():
            keras.utils.get_file(
                part.name,
                SHAKESPEARE_URL,
                file_hash=SHAKESPEARE_SHA256,
                cache_dir=part.parent,
                cache_subdir="",
            )
    except Exception as error:  # get_file raises a bare Exception
        raise OSError(
            f"The Shakespeare corpus could not be downloaded ({error}). "
            "Either use the embedded text, load_corpus('sample'), or download "
            f"{SHAKESPEARE_URL} with a browser on any machine and store it "
            f"as {path}."
        ) from error
    return path


@contextlib.contextmanager
def _network_timeout() -> Iterator[None]:
    """Give up on a network that does not answer: Keras would wait forever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
