"""The model: an embedding, one or more GRU layers, a dense layer."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import keras
from IPython.utils.capture import capture_output

from .gru import GRU


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
    """Build the network of the lesson: ids in, logits out.

    It takes ids, int32 (batch, time), and returns logits, float32 (batch,
    time, vocab). The recurrent weights begin as in the classic lesson
    (`glorot_uniform`).

    Args:
        vocab_size: Number of different characters.
        embedding_dim: Numbers that stand for a character.
        rnn_units: Numbers in the state of each GRU layer.
        batch_size: Texts that are read side by side.
        rnn_layers: GRU layers, one above the other.
        dropout: Fraction of each GRU's outputs that is set to zero in
            training, from 0 to below 1. For the embedding it is a quarter of
            that. Which ones are left out stays the same from the first
            character of a batch to the last (Gal and Ghahramani, 2016).
        stateful: Whether the state is kept from call to call, until
            `reset_states`. The batch size is then fixed.
        dtype: Number format of all but weights and logits, as Keras names
            it: "float32" or "mixed_bfloat16".

    Returns:
        A model that is not compiled yet.

    Raises:
        ValueError: A size is below 1, or `dropout` is out of its range.

    Example:
        >>> model = tg.build_model(65, embedding_dim=8, rnn_units=16)
        >>> model(np.zeros((64, 5), "int32")).shape
        TensorShape([64, 5, 65])

    Notebook 2 builds it layer by layer.
    """
    sizes = {
        "vocab_size": vocab_size,
        "embedding_dim": embedding_dim,
        "rnn_units": rnn_units,
        "batch_size": batch_size,
        "rnn_layers": rnn_layers,
    }
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, but is {size}.")
    if not 0 <= dropout < 1:
        raise ValueError(
            f"dropout must be from 0 to below 1, but is {dropout}."
        )
    # One mask for all characters of a batch's row.
    mask: dict[str, Any] = {"noise_shape": (None, 1, None), "dtype": dtype}
    model = keras.Sequential()
    model.add(keras.Input(batch_shape=(batch_size, None), dtype="int32"))
    model.add(keras.layers.Embedding(vocab_size, embedding_dim, dtype=dtype))
    if dropout:
        model.add(keras.layers.Dropout(dropout / 4, **mask))
    for _ in range(rnn_layers):
        gru = GRU(
            rnn_units,
            return_sequences=True,
            stateful=stateful,
            recurrent_initializer="glorot_uniform",
            dtype=dtype,
        )
        model.add(gru)
        if dropout:
            model.add(keras.layers.Dropout(dropout, **mask))
    model.add(keras.layers.Dense(vocab_size, dtype="float32"))
    return model


@contextlib.contextmanager
def seeded_layers(seed: int) -> Iterator[None]:
    """Seed the layers that are made here, and nothing that comes after.

    Keras draws the seed of each initial value and of each dropout from
    Python's random numbers.
    """
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def clone_model(
    model: keras.Sequential,
    *,
    batch_size: int | None,
    stateful: bool | None = None,
    plain: bool = False,
) -> keras.Sequential:
    """Return a copy with the same weights, and with a state of its own.

    The copy is not compiled. `batch_size` None lets it take any number of
    texts. `stateful` says whether recurrent layers carry their state (None:
    as in the model). With `plain`, Keras's GRU takes the place of FastGRU.
    """
    copy = keras.Sequential()
    copy.add(keras.Input(batch_shape=(batch_size, None), dtype="int32"))
    for layer in model.layers:
        changes: dict[str, Any] = {}
        if stateful is not None and isinstance(layer, keras.layers.RNN):
            changes["stateful"] = stateful
        copy.add(_new_layer(layer, plain, **changes))
    copy.set_weights(model.get_weights())
    return copy


def _new_layer(layer: keras.Layer, plain: bool, **changes: Any) -> keras.Layer:
    """Return a layer like this one, with first weights of its own.

    With `plain`, it is Keras's GRU in place of FastGRU. `changes` replace
    parts of its configuration.
    """
    is_fast = isinstance(layer, GRU)
    layer_class = keras.layers.GRU if plain and is_fast else type(layer)
    return layer_class.from_config({**layer.get_config(), **changes})


def to_keras_gru(model: keras.Sequential) -> keras.Sequential:
    """Copy a model so that Keras can load the copy without this package.

    FastGRU becomes Keras's own GRU.

    Args:
        model: A model of `build_model`, trained or not.

    Returns:
        A copy with the same weights and batch size, and a state of its own.
        It is not compiled.

    Example:
        >>> model = tg.build_model(65, embedding_dim=8, rnn_units=16)
        >>> [type(layer).__module__.split(".")[0]
        ...  for layer in tg.to_keras_gru(model).layers]
        ['keras', 'keras', 'keras']

    Notebook 6 compares the two layers with it.
    """
    return clone_model(model, batch_size=model.input_shape[0], plain=True)


def to_keras_writer(model: keras.Sequential) -> keras.Model:
    """Copy a model so that it can write without this package.

    The copy has Keras's own layers and no memory: it is given the state, and
    gives the new one back. The same call has the same result each time.

    Args:
        model: A model of `build_model`, trained or not.

    Returns:
        A model from a list, [ids, state, ...], with a state for each GRU
        layer, to a list, [logits, new state, ...]. Ids are int32 (batch,
        time), states float32 (batch, units), zeros at the start of a text,
        logits float32 (batch, time, vocab). It computes in float32, whatever
        the model's number format, takes any number of texts, and is not
        compiled. Dropout, which only training uses, is left out.

    Example:
        >>> model = tg.build_model(65, embedding_dim=8, rnn_units=16)
        >>> writer = tg.to_keras_writer(model)
        >>> logits, state = writer([np.zeros((1, 5)), np.zeros((1, 16))])
        >>> logits.shape, state.shape
        (TensorShape([1, 5, 65]), TensorShape([1, 16]))

    Notebook 4 exports such a copy.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    x: Any = ids
    states: list[Any] = []
    new_states: list[Any] = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            continue
        if not isinstance(layer, keras.layers.RNN):
            copy = _new_layer(layer, plain=True, dtype="float32")
            x = copy(x)
        else:
            copy = _new_layer(
                layer,
                plain=True,
                dtype="float32",
                stateful=False,
                return_state=True,
            )
            old = keras.Input((layer.units,), name=f"state_{len(states)}")
            x, new = copy(x, initial_state=old)
            states.append(old)
            new_states.append(new)
        copy.set_weights(layer.get_weights())
    return keras.Model([ids, *states], [x, *new_states])


def check_vocabulary(model: keras.Sequential, vocab_size: int) -> None:
    """Raise ValueError for a vocabulary of another size than the model's."""
    size = model.output_shape[-1]
    if vocab_size != size:
        raise ValueError(
            f"The vocabulary has {vocab_size} characters, but the model "
            f"{size}: take the one that it was trained with."
        )


def recurrent_layers(model: keras.Model) -> list[keras.layers.RNN]:
    """Return the layers that carry a state from character to character.

    Args:
        model: Any model.

    Returns:
        Its recurrent layers, in the order in which they read.

    Example:
        >>> model = tg.build_model(65, 8, 16, rnn_layers=2)
        >>> len(tg.recurrent_layers(model))
        2
    """
    return [
        layer for layer in model.layers if isinstance(layer, keras.layers.RNN)
    ]


def reset_states(model: keras.Model) -> None:
    """Set the state of every stateful layer to zero: forget what was read.

    Args:
        model: Any model.

    Example:
        >>> model = tg.build_model(65, embedding_dim=8, rnn_units=16)
        >>> tg.reset_states(model)
    """
    for layer in recurrent_layers(model):
        if layer.stateful:
            layer.reset_state()


def summary_text(model: keras.Model) -> str:
    """Return Keras's summary of a model as plain text.

    In a notebook `model.summary()` shows HTML, which cannot be compared line
    by line.

    Args:
        model: Any model that is built.

    Returns:
        The summary, 72 characters wide.

    Example:
        >>> model = tg.build_model(65, embedding_dim=8, rnn_units=16)
        >>> "Total params: 2,873" in tg.summary_text(model)
        True
    """
    lines: list[str] = []
    with capture_output():  # Keras displays an empty line besides
        model.summary(line_length=72, print_fn=lines.append)
    return "\n".join(lines).strip()
