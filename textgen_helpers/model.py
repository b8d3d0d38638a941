"""The model: an embedding, one or more GRU layers, a dense layer."""

import keras
from IPython.utils.capture import capture_output

from .fast_gru import FastGRU


def build_model(
    vocab_size: int,
    embedding_dim: int = 256,
    rnn_units: int = 1024,
    batch_size: int = 64,
    *,
    rnn_layers: int = 1,
    dropout: float = 0.0,
    stateful: bool = True,
    dtype: str = "float32",
) -> keras.Sequential:
    """Return a model from ids (batch, time) to logits (batch, time, vocab).

    Ids are int32 and logits float32. `dropout` is the fraction of each GRU's
    outputs that is set to zero in training, and a quarter of it that of the
    embedding's; which ones stays the same through a batch's time (Gal and
    Ghahramani, 2016). A stateful model keeps its state
    from call to call, until `reset_states`; its batch size is fixed. `dtype`
    is the number format of all but the weights and the logits, as Keras names
    it. Raises ValueError for sizes below 1 and a dropout outside of 0 to
    below 1.
    """
    sizes = (vocab_size, embedding_dim, rnn_units, batch_size, rnn_layers)
    _check(sizes, dropout)
    model = keras.Sequential()
    masks = {"noise_shape": (None, 1, None), "dtype": dtype}
    model.add(keras.Input(batch_shape=(batch_size, None), dtype="int32"))
    model.add(keras.layers.Embedding(vocab_size, embedding_dim, dtype=dtype))
    if dropout:
        model.add(keras.layers.Dropout(dropout / 4, **masks))
    for _ in range(rnn_layers):
        gru = FastGRU(
            rnn_units,
            return_sequences=True,
            stateful=stateful,
            recurrent_initializer="glorot_uniform",
            dtype=dtype,
        )
        model.add(gru)
        if dropout:
            model.add(keras.layers.Dropout(dropout, **masks))
    model.add(keras.layers.Dense(vocab_size, dtype="float32"))
    return model


def with_keras_gru(model: keras.Sequential) -> keras.Sequential:
    """Return a copy of a model that Keras can load without this package.

    Same weights, same batch size, its own state; FastGRU becomes Keras's GRU.
    """

    def copy(layer: keras.Layer) -> keras.Layer:
        kind = keras.layers.GRU if isinstance(layer, FastGRU) else type(layer)
        return kind.from_config(layer.get_config())

    plain = keras.models.clone_model(model, clone_function=copy)
    plain.set_weights(model.get_weights())
    return plain


def recurrent_layers(model: keras.Model) -> list[keras.layers.RNN]:
    """Return the layers of a model that carry a state, first to last."""
    return [
        layer for layer in model.layers if isinstance(layer, keras.layers.RNN)
    ]


def reset_states(model: keras.Model) -> None:
    """Set the state of every stateful layer to zero: forget what was read."""
    for layer in recurrent_layers(model):
        if layer.stateful:
            layer.reset_state()


def summary_text(model: keras.Model) -> str:
    """Return Keras's summary of a model as plain text.

    In a notebook `model.summary()` shows HTML, which reads badly as a diff.
    """
    lines: list[str] = []
    with capture_output():  # Keras displays an empty line besides
        model.summary(line_length=72, print_fn=lines.append)
    return "\n".join(lines).strip()


def _check(sizes: tuple[int, ...], dropout: float) -> None:
    if min(sizes) < 1:
        raise ValueError(
            "vocab_size, embedding_dim, rnn_units, batch_size and rnn_layers "
            f"must be at least 1, but are {sizes}."
        )
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be from 0 to below 1, not {dropout}.")
