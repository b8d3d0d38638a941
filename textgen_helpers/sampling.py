"""A model and a start string to text: one character at a time."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from .choosing import check_knobs
from .vocabulary import Vocabulary
from .writing_loop import continue_ids


def generate_text(
    model: keras.Sequential,
    vocabulary: Vocabulary,
    start_string: str | Sequence[str],
    num_generate: int = 1000,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> str | list[str]:
    """Return the start string, continued by `num_generate` characters.

    The model reads the whole start string before it writes. A list of start
    strings gives a list of texts. The same `seed` gives the same text. The
    model's own state and batch size play no part. Any stack of layers will
    do in which only recurrent ones look at more than one character.

    Raises ValueError without a start string, for a character that the
    vocabulary lacks, a vocabulary of another size than the model's, a
    negative `num_generate`, and as `filter_logits` does.
    """
    starts = [start_string] if isinstance(start_string, str) else start_string
    prompts = [_encode_start(model, vocabulary, start) for start in starts]
    if num_generate < 0 or not prompts:
        raise ValueError(
            "Give at least one start string, and a num_generate of 0 or more."
        )
    check_knobs(len(vocabulary), temperature, top_k, top_p)
    if seed is None:
        seed = int(tf.random.uniform((), maxval=2**31 - 1, dtype=tf.int32))
    rows, _ = continue_ids(
        model, prompts, num_generate, seed, temperature, top_k, top_p
    )
    texts = [vocabulary.decode(row) for row in rows]
    return texts[0] if isinstance(start_string, str) else texts


def next_char_logits(
    model: keras.Sequential, vocabulary: Vocabulary, text: str
) -> tf.Tensor:
    """Return the logits of the character after `text`, float32 (vocab,)."""
    prompt = _encode_start(model, vocabulary, text)
    return continue_ids(model, [prompt], num_generate=1)[1][0]


def _encode_start(
    model: keras.Sequential, vocabulary: Vocabulary, start: str
) -> np.ndarray:
    size = model.output_shape[-1]
    if len(vocabulary) != size:
        raise ValueError(
            f"The vocabulary has {len(vocabulary)} characters, but the model "
            f"{size}: take the one that it was trained with."
        )
    if not start:
        raise ValueError("The start string is empty: give it a character.")
    return vocabulary.encode(start)
