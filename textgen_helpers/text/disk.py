"""A text on disk: its ids in a file, for texts that are larger than memory.

`big-1a2b3c4d.npy` holds the ids, of one, two or four bytes each, in NumPy's
own format. `big-1a2b3c4d.json` beside it holds the vocabulary, the length and
the SHA-256 of the first file. It is written last: without it, there is no text.
"""

import contextlib
import copy
import hashlib
import io
import json
import os
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .. import settings
from ..files import plain_name, write_atomically
from .corpus import PIECE_SIZE, WrongEncodingError, corpus_path, text_pieces
from .vocabulary import Vocabulary

_FORMAT = "text on disk, version 1"
_IDS, _DESCRIPTION = ".npy", ".json"
_REFRESH = 2.0  # seconds between two states of the moving line


class EncodedText:
    """The ids of a text in a file; only what is asked for is in memory.

    A slice is a part of the text, again on disk. `np.asarray` reads a text
    into memory, int32 (characters,), so use it for a small part.

    Attributes:
        path: The file of the ids.
        vocabulary: The vocabulary of the text.

    Example:
        `train, validation, test = tg.split_corpus(tg.encode_to_disk(path))`
    """

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        """Read where the ids are in a file; `open_encoded` checks it first."""
        self.path = path
        self.vocabulary = vocabulary
        ids = np.load(path, mmap_mode="r")
        self._layout = (ids.dtype, ids.offset, ids.shape)
        self._part = range(len(ids))
        with path.open("rb") as file:
            self._state = _state(file)

    def __len__(self) -> int:
        """Return the number of characters."""
        return len(self._part)

    def __repr__(self) -> str:
        """Return the file's name and the sizes."""
        return (
            f"<EncodedText {self.path.name}: {len(self):,} characters, "
            f"{len(self.vocabulary):,} different>"
        )

    def __getitem__(self, part: slice) -> "EncodedText":
        """Return a part of the text, on disk as well.

        Raises TypeError for an index, and for a slice with another step than 1.
        """
        if not isinstance(part, slice) or part.step not in (None, 1):
            raise TypeError(
                f"A text on disk has only slices with a step of 1, not "
                f"{part!r}: take a slice as text[0:100]."
            )
        text = copy.copy(self)
        text._part = self._part[part]
        return text

    def __array__(
        self, dtype: np.dtype | None = None, copy: bool | None = None
    ) -> np.ndarray:
        """Return the ids, int32 (characters,), read into memory."""
        if copy is False:
            raise ValueError(
                "A text on disk has no array that can be shared: read it with "
                "np.asarray."
            )
        ids = self._map()[self._part.start : self._part.stop]
        return ids.astype(np.int32 if dtype is None else dtype)

    def take(self, positions: np.ndarray) -> np.ndarray:
        """Return the ids at some positions.

        Args:
            positions: Integers of any shape, from 0 to the length less 1.

        Returns:
            Ids, int32, in the shape of the positions.

        Raises:
            IndexError: A position is outside of the text.
            ValueError: The file has been changed since it was opened.

        Example:
            `ids = text.take(np.array([[0, 1], [50, 51]]))`
        """
        positions = np.asarray(positions, dtype=np.int64)
        if positions.size:
            first, last = positions.min(), positions.max()
            if not 0 <= first <= last < len(self):
                raise IndexError(
                    f"Positions must be between 0 and {len(self) - 1}, but "
                    f"these run from {first} to {last}."
                )
        return self._map()[positions + self._part.start].astype(np.int32)

    def _map(self) -> np.ndarray:
        """Return the ids of the whole file, mapped and not read.

        What has been read of a map counts as this program's memory until the
        map is closed. So there is a new one for each call.
        """
        with self.path.open("rb") as file:
            if _state(file) != self._state:
                raise ValueError(
                    f"{self.path} has been changed since it was opened: open "
                    "it again, and start again what reads it."
                )
            dtype, offset, shape = self._layout
            return np.asarray(np.memmap(file, dtype, "r", offset, shape))


def encode_to_disk(
    path: str | Path, folder: str | Path | None = None
) -> EncodedText:
    """Write the ids of a text to a file, however long the text is.

    The text is read twice, in pieces: once for its vocabulary, once for its
    ids. What has been encoded from the same file, unchanged since, is not
    written again.

    Args:
        path: A text file in UTF-8, or "sample" or "shakespeare", as for
            `load_corpus`.
        folder: Folder of the two files that are written; it is made if it is
            missing. None: `encoded` in the folder for what this machine has
            measured, `build` in the project.

    Returns:
        The text that `load_corpus` gives, as ids on disk.

    Raises:
        FileNotFoundError: There is no such text.
        ValueError: It is empty or not in UTF-8, or it is changed by another
            program while it is read.
        OSError: The ids cannot be written.

    Example:
        `text = tg.encode_to_disk("big.txt")`
    """
    start = time.monotonic()
    source = corpus_path(path)
    origin = _origin(source)
    if folder is None:
        folder = settings.measured_dir() / "encoded"
    # Files of one name in two folders must not overwrite each other.
    number = zlib.crc32(os.fsencode(source.resolve()))
    ids_path = Path(folder) / f"{plain_name(source.stem)}-{number:08x}{_IDS}"
    with contextlib.suppress(OSError, ValueError):  # not there, or damaged
        if _read_description(ids_path)["source"] == origin:
            return open_encoded(ids_path)
    vocabulary, length = _vocabulary_and_length(source)
    try:
        _write(source, ids_path, vocabulary, length, origin)
    except OSError as error:
        raise OSError(
            f"{source.name} could not be encoded in {str(ids_path.parent)!r} "
            f"({error.strerror or error}): nothing of it is left there. Free "
            "some space, or give another folder."
        ) from error
    seconds = time.monotonic() - start
    if seconds > _REFRESH:
        print(f"Encoded {source.name}: {length:,} characters, {seconds:.1f} s")
    return EncodedText(ids_path, vocabulary)


def open_encoded(path: str | Path) -> EncodedText:
    """Open a text that `encode_to_disk` has written.

    Both files are read once, to see that they are whole.

    Args:
        path: One of the two files, `.npy` or `.json`; the other one is beside
            it.

    Returns:
        The text.

    Raises:
        FileNotFoundError: There is no such text.
        ValueError: It is damaged or incomplete, or not written by
            `encode_to_disk`.

    Example:
        `text = tg.open_encoded("build/encoded/big-1a2b3c4d.npy")`
    """
    description = _read_description(Path(path))
    ids_path = Path(path).with_suffix(_IDS)
    with ids_path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if digest.hexdigest() != description["ids_sha256"]:
        raise _damaged_error(ids_path)
    return EncodedText(ids_path, Vocabulary(description["vocabulary"]))


def _vocabulary_and_length(source: Path) -> tuple[Vocabulary, int]:
    """Read a text in one pass."""
    length = 0

    def counted() -> Iterator[str]:
        nonlocal length
        for piece in _with_progress(source, "step 1 of 2"):
            length += len(piece)
            yield piece

    try:
        return Vocabulary.from_pieces(counted()), length
    except WrongEncodingError as error:
        raise ValueError(
            f"{error.where} Save it as UTF-8: a text on disk is read in no "
            "other encoding."
        ) from None


def _write(
    source: Path,
    ids_path: Path,
    vocabulary: Vocabulary,
    length: int,
    origin: dict[str, Any],
) -> None:
    """Write both files, whole or not at all."""
    dtype = np.min_scalar_type(len(vocabulary) - 1).newbyteorder("<")
    digest = hashlib.sha256()
    description_path = ids_path.with_suffix(_DESCRIPTION)
    # The file that is named last is moved into place first.
    with (
        write_atomically(description_path) as description_part,
        write_atomically(ids_path) as ids_part,
    ):
        with ids_part.open("wb") as file:
            for data in _ids_file(source, vocabulary, length, dtype):
                file.write(data)
                digest.update(data)
            size = file.tell()
        header_size = len(_header(length, dtype))
        is_whole = size == header_size + length * dtype.itemsize
        if not is_whole or _origin(source) != origin:
            raise _changed_error(source)
        description = {
            "format": _FORMAT,
            "vocabulary": vocabulary.characters,
            "length": length,
            "dtype": dtype.name,
            "ids_sha256": digest.hexdigest(),
            "source": origin,
        }
        description["sha256"] = _hash(description)
        text = json.dumps(description, indent=1)
        description_part.write_text(text, encoding="utf-8")


def _ids_file(
    source: Path, vocabulary: Vocabulary, length: int, dtype: np.dtype
) -> Iterator[bytes]:
    """Yield what the file of the ids holds, in pieces."""
    yield _header(length, dtype)
    try:
        for piece in _with_progress(source, "step 2 of 2"):
            yield vocabulary.encode(piece).astype(dtype).tobytes()
    except ValueError:  # the first pass has not found it
        raise _changed_error(source) from None


def _header(length: int, dtype: np.dtype) -> bytes:
    """Return how a file of NumPy begins that has one axis."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header,
        {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": False,
            "shape": (length,),
        },
    )
    return header.getvalue()


def _read_description(path: Path) -> dict[str, Any]:
    """Return the checked description of a text, by one of its two files."""
    if path.suffix not in {_IDS, _DESCRIPTION}:
        raise ValueError(
            f"{str(path)!r} is no text on disk: give the .npy or the .json "
            "file that encode_to_disk has written."
        )
    description_path = path.with_suffix(_DESCRIPTION)
    files = [path.with_suffix(_IDS), description_path]
    missing = [file for file in files if not file.is_file()]
    if len(missing) == len(files):
        raise FileNotFoundError(
            f"There is no text on disk at {str(path)!r}: write it with "
            "encode_to_disk."
        )
    if missing:
        raise ValueError(
            f"{str(path)!r} is incomplete, since {missing[0].name} is "
            "missing: encode the text again."
        )
    try:
        description = json.loads(description_path.read_bytes())
        digest = description.pop("sha256")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _damaged_error(description_path) from None
    if digest != _hash(description) or description.get("format") != _FORMAT:
        raise _damaged_error(description_path)
    return description


def _hash(description: dict[str, Any]) -> str:
    """Return the SHA-256 of a description, however it is laid out."""
    text = json.dumps(description, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged_error(path: Path) -> ValueError:
    return ValueError(
        f"{str(path)!r} is damaged, or not written by encode_to_disk: encode "
        "the text again."
    )


def _changed_error(source: Path) -> ValueError:
    return ValueError(
        f"{str(source)!r} has been changed while it was read: encode it again "
        "when it is finished."
    )


def _origin(source: Path) -> dict[str, Any]:
    """Return what tells a text file from its other versions."""
    state = source.stat()
    return {
        "name": source.name,
        "size": state.st_size,
        "mtime_ns": state.st_mtime_ns,
    }


def _state(file: BinaryIO) -> tuple[int, int]:
    """Return the size of an open file, and when it was changed."""
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns


def _with_progress(source: Path, step: str) -> Iterator[str]:
    """Yield the pieces of a text; if it takes long, say how far it is."""
    size = source.stat().st_size
    last_shown = time.monotonic()
    is_shown = False
    for number, piece in enumerate(text_pieces(source)):
        yield piece
        if time.monotonic() > last_shown + _REFRESH:
            last_shown = time.monotonic()
            is_shown = True
            share = min((number + 1) * PIECE_SIZE / size, 1)
            line = f"Encoding {source.name}, {step}: {share:.0%}"
            print(f"\r{'':79}\r{line}", end="", flush=True)
    if is_shown:
        print(f"\r{'':79}\r", end="", flush=True)
