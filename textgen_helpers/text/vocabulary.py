"""Characters to numbers, and back."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

_CODE = "utf-32-le"  # four bytes per character, so NumPy can read it as ids
_CJK = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH"}


class Vocabulary:
    """The different characters of a text; a character's id is its position.

    Attributes:
        characters: All characters as one string, in the order of their ids.
        char2idx: Dictionary from a character to its id.
        idx2char: Array from an id to its character, a string of length 1.

    Example:
        >>> vocabulary = tg.Vocabulary.from_text("hello")
        >>> vocabulary.characters
        'ehlo'
        >>> vocabulary.encode("hell").tolist()
        [1, 0, 2, 2]
        >>> vocabulary.decode([1, 0, 2, 2, 3])
        'hello'

    Notebook 1 writes both dictionaries by hand.
    """

    def __init__(self, characters: str) -> None:
        """Number characters in the order given.

        Args:
            characters: One or more characters, each once.

        Raises:
            ValueError: There are none, or one of them occurs twice.
        """
        if not characters or len(set(characters)) < len(characters):
            raise ValueError(
                "A vocabulary needs at least one character, and each once, "
                f"but got {characters!r}."
            )
        self.characters = characters
        self.char2idx = {char: idx for idx, char in enumerate(characters)}
        self.idx2char = np.array(list(characters))
        self._codes = _code_points(characters)
        # One row more than needed: all codes beyond it are clipped to -1.
        self._table = np.full(self._codes.max() + 2, -1, dtype=np.int32)
        self._table[self._codes] = np.arange(len(characters))

    @classmethod
    def from_text(cls, text: str) -> "Vocabulary":
        """Number the different characters of a text, in sorted order.

        Args:
            text: A text of one character or more.

        Returns:
            The vocabulary.

        Raises:
            ValueError: The text is empty.
        """
        return cls(_not_empty("".join(sorted(set(text)))))

    @classmethod
    def from_pieces(cls, pieces: Iterable[str]) -> "Vocabulary":
        """Number the different characters of a text that comes in pieces.

        Each piece is read once and need not stay in memory.

        Args:
            pieces: Pieces of a text, which may be empty; together they have
                one character or more.

        Returns:
            The vocabulary that `from_text` gives of the whole text.

        Raises:
            ValueError: The text is empty.

        Example:
            >>> tg.Vocabulary.from_pieces(["hel", "lo"]).characters
            'ehlo'
        """
        # A table of all characters there are is faster than a set.
        occurs = np.zeros(sys.maxunicode + 1, dtype=bool)
        known = b""  # characters of ASCII, of one byte each
        for piece in pieces:
            if piece.isascii():  # to remove what is known is faster still
                known += bytes(set(piece.encode().translate(None, known)))
            else:
                occurs[_code_points(piece)] = True
        occurs[list(known)] = True
        return cls(_not_empty(_characters(np.flatnonzero(occurs))))

    def __len__(self) -> int:
        """Return the number of different characters."""
        return len(self.characters)

    def encode(self, text: str) -> np.ndarray:
        """Return the ids of a text.

        Args:
            text: A text, which may be empty.

        Returns:
            Ids, int32 (characters,).

        Raises:
            ValueError: A character has no id; the first one is named.
        """
        ids = self._table.take(_code_points(text), mode="clip")
        if ids.size and ids.min() < 0:
            position = int(np.argmax(ids < 0))
            raise ValueError(
                f"The character {text[position]!r} at position {position} is "
                f"not among the {len(self)} characters of this vocabulary: "
                "leave it out, or build the vocabulary from a text that has "
                "it."
            )
        return ids

    def decode(self, ids: np.ndarray | Sequence[int]) -> str:
        """Return the text of some ids.

        Args:
            ids: Integers (characters,).

        Returns:
            The text.

        Raises:
            ValueError: An id is outside of the vocabulary.
        """
        ids = np.asarray(ids, dtype=np.int64)
        if ids.size and not 0 <= ids.min() <= ids.max() < len(self):
            raise ValueError(
                f"Ids must be between 0 and {len(self) - 1}, but these run "
                f"from {ids.min()} to {ids.max()}."
            )
        return _characters(self._codes[ids])


def script(char: str) -> str:
    """Return the writing that a character belongs to: CJK, Arabic, ..."""
    first_word = unicodedata.name(char, "SYMBOL").split()[0]
    category = unicodedata.category(char)[0]
    is_wide = unicodedata.east_asian_width(char) in "WF"
    if first_word in _CJK or (is_wide and category == "P"):
        return "CJK"
    return first_word.title() if category in "LM" else "symbols"


def _code_points(text: str) -> np.ndarray:
    """Return the Unicode number of each character, uint32 (characters,)."""
    return np.frombuffer(text.encode(_CODE, "surrogatepass"), dtype="<u4")


def _characters(codes: np.ndarray) -> str:
    """Return the text of some Unicode numbers, integers (characters,)."""
    return codes.astype("<u4").tobytes().decode(_CODE, "surrogatepass")


def _not_empty(characters: str) -> str:
    """Return the characters of a text; raise ValueError if there are none."""
    if not characters:
        raise ValueError(
            "The text is empty, so it has no characters to number: load a "
            "text first."
        )
    return characters
