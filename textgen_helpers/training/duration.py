"""How long a training will take on this machine.

One step of training is timed, that of the quick recipe. Steps of other sizes
take as many times longer as they compute more.
"""

import functools
import math
import statistics
import time

import keras
import tensorflow as tf

from ..hardware import remembered
from ..model.build import build_model, recurrent_layers, seeded_layers
from ..settings import ONE_MINUTE, measured_dir

VOCAB_SIZE = 65  # of the step that is timed
START_SECONDS = 2.0  # until the first step is recorded and compiled
LONG = 600  # seconds, after which other ways are named
_STEPS = 15  # that are timed

_PER_POSITION = {"float32": 3e7, "bfloat16": 8e7}
"""What a position of a text costs beside the products, in operations.

The position of all rows together, in each recurrent layer: small operations,
whose number does not depend on sizes. Found by timing steps of six sizes.
"""


class Announcement:
    """How long a training was said to take, and whether it takes longer.

    Args:
        seconds: What was said.
        epochs: How many epochs are trained.
    """

    def __init__(self, seconds: float, epochs: int) -> None:
        """Start the clock."""
        self.seconds = seconds
        self._epochs = epochs
        self._start = time.monotonic()

    def late(self, done: float) -> str:
        """Return how long it still takes, if it takes longer than was said.

        Args:
            done: How many epochs are done, as 2.5.

        Returns:
            A text to print behind others, or an empty one.
        """
        passed = time.monotonic() - self._start
        if passed <= self.seconds or not 0 < done < self._epochs:
            return ""
        of_steps = max(0.0, passed - START_SECONDS)
        more = of_steps / done * (self._epochs - done)
        return f" (longer than announced: {describe_duration(more)} more)"


def announce_training(
    model: keras.Sequential, batches: tf.data.Dataset, epochs: int
) -> Announcement:
    """Print how long a training will take on this machine.

    Args:
        model: A model of `build_model`.
        batches: Inputs and targets, ids (batch, time).
        epochs: How many epochs will be trained.

    Returns:
        What was announced. Its method `late(done)` gives a text if the
        training takes longer, when so many epochs are done.

    Example:
        `announced = tg.announce_training(model, batches, epochs=10)`
    """
    steps = epochs * int(batches.cardinality())
    batch_size, seq_length = batches.element_spec[0].shape
    if steps < 1 or None in (batch_size, seq_length):  # it is not known
        return Announcement(math.inf, epochs)
    seconds = training_seconds(model, batch_size, seq_length, steps)
    duration = describe_duration(seconds)
    print(f"{steps:,} steps: {duration} on this machine", flush=True)
    if seconds > LONG:
        print(
            "Shorter: read the outputs stored in this notebook, take the "
            "quick profile (TEXTGEN_PROFILE=quick),\nor let the pretrained "
            "model write (notebook 4).",
            flush=True,
        )
    return Announcement(seconds, epochs)


def training_seconds(
    model: keras.Sequential, batch_size: int, seq_length: int, steps: int
) -> float:
    """Return how long a training will take on this machine, in seconds."""
    return START_SECONDS + steps * step_seconds(model, batch_size, seq_length)


def step_seconds(
    model: keras.Sequential, batch_size: int, seq_length: int
) -> float:
    """Return how long a training step will take on this machine."""
    dtype = _number_format(model)
    rate = quick_operations(dtype) / quick_step_seconds(dtype)
    return step_operations(model, batch_size, seq_length) / rate


def step_operations(
    model: keras.Sequential, batch_size: int, seq_length: int
) -> float:
    """Return how much a training step computes, in operations of a product.

    A weight multiplies and adds once for each character on the way forwards,
    and twice on the way back. An embedding is only looked up.
    """
    weights = sum(
        int(weight.shape.num_elements())
        for layer in model.layers
        if not isinstance(layer, keras.layers.Embedding)
        for weight in layer.trainable_variables
    )
    positions = seq_length * len(recurrent_layers(model))
    small = positions * _PER_POSITION[_number_format(model)]
    return 6 * weights * batch_size * seq_length + small


def quick_operations(dtype: str) -> float:
    """Return what a step of the quick recipe computes."""
    sizes = (ONE_MINUTE.batch_size, ONE_MINUTE.seq_length)
    return step_operations(_quick_model(dtype), *sizes)


@functools.cache
def quick_step_seconds(dtype: str) -> float:
    """Return how long a step of the quick recipe takes here, in seconds.

    It is measured once a day, which takes three seconds.
    """
    return remembered(
        f"seconds of a step in {dtype}",
        functools.partial(_time_quick_step, dtype),
        measured_dir(),
    )


def _time_quick_step(dtype: str) -> float:
    """Time a step of the quick recipe: the median of several."""
    model = _quick_model(dtype)
    optimizer = keras.optimizers.AdamW(global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(ids: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = keras.losses.sparse_categorical_crossentropy(
                ids, model(ids, training=True), from_logits=True
            )
            mean_loss = tf.reduce_mean(losses)
        grads = tape.gradient(mean_loss, model.trainable_variables)
        optimizer.apply_gradients(
            zip(grads, model.trainable_variables, strict=True)
        )
        return mean_loss

    ids = tf.zeros((ONE_MINUTE.batch_size, ONE_MINUTE.seq_length), tf.int32)
    train_step(ids)  # compiles
    seconds = []
    for _ in range(_STEPS):
        start = time.perf_counter()
        train_step(ids).numpy()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _quick_model(dtype: str) -> keras.Sequential:
    """Return a model of the quick recipe's sizes."""
    policy = "mixed_bfloat16" if dtype == "bfloat16" else dtype
    with seeded_layers(0):  # random numbers elsewhere are not touched
        return build_model(
            VOCAB_SIZE,
            ONE_MINUTE.embedding_dim,
            ONE_MINUTE.rnn_units,
            ONE_MINUTE.batch_size,
            dropout=ONE_MINUTE.dropout,
            dtype=policy,
        )


def _number_format(model: keras.Sequential) -> str:
    """Return the format in which a model multiplies."""
    dtypes = {layer.compute_dtype for layer in model.layers}
    return "bfloat16" if "bfloat16" in dtypes else "float32"


def describe_duration(seconds: float) -> str:
    """Return a time in words, as "about 25 s"."""
    if seconds < 7.5:
        return "a few seconds"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
