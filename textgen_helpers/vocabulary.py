"""Characters to numbers, and back."""

from collections.abc import Sequence

import numpy as np

_CODE = "utf-32-le"  # four bytes per character, so NumPy can read it as ids


class Vocabulary:
    """The different characters of a text, sorted; a character's id is its row.

    `char2idx` maps a character to its id, `idx2char` (an array of one-letter
    strings) an id to its character, `characters` is all of them as a string.
    """

    def __init__(self, characters: str) -> None:
        """Take the characters in the order of their ids.

        Raises ValueError if there are none, or one stands there twice.
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
        """Return the vocabulary of a text; ValueError if it is empty."""
        if not text:
            raise ValueError(
                "The text is empty, so it has no characters to number: "
                "load a text first."
            )
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        """Return the number of different characters."""
        return len(self.characters)

    def encode(self, text: str) -> np.ndarray:
        """Return the ids of a text: int32, shape (characters,).

        Raises ValueError that names the first character without an id.
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
        """Return the text of some ids, integers of shape (characters,).

        Raises ValueError for an id outside of the vocabulary.
        """
        ids = np.asarray(ids, dtype=np.int64)
        if ids.size and not 0 <= ids.min() <= ids.max() < len(self):
            raise ValueError(
                f"Ids must lie between 0 and {len(self) - 1}, but these run "
                f"from {ids.min()} to {ids.max()}."
            )
        return self._codes[ids].tobytes().decode(_CODE, "surrogatepass")


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(_CODE, "surrogatepass"), dtype="<u4")
