"""A program that trains in several ways under one strategy.

    python -m tests.training.replicas one|mirrored|workers FOLDER

The first worker writes what came out to FOLDER/results.npz: for each variant
the losses of all steps, and the last weights as one array.
"""

import textgen_helpers  # noqa: F401  # isort: skip (first: it silences TensorFlow)
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from textgen_helpers.model.build import build_model, reset_states, seeded_layers
from textgen_helpers.settings import ONE_MINUTE, cluster_config
from textgen_helpers.training.distributed import (
    is_chief,
    make_distributed_step,
    read_cluster,
    seed_replicas,
    worker_batches,
    worker_strategy,
)

ROWS, STEPS, EPOCHS, VOCAB_SIZE = 12, 10, 2, 20
RECIPE = replace(ONE_MINUTE, batch_size=ROWS, seq_length=5)
IDS = np.random.default_rng(0).integers(
    0, VOCAB_SIZE, ROWS * 5 * STEPS + 1, dtype=np.int32
)
CLIPPED = {"global_clipnorm": 0.05}
# Name: optimizer, its options, dropout.
VARIANTS: dict[str, tuple[type, dict[str, float], float]] = {
    "SGD": (keras.optimizers.SGD, {}, 0.0),
    "SGD, clipped": (keras.optimizers.SGD, CLIPPED, 0.0),
    # With a small epsilon, Adam makes steps of rounding errors.
    "Adam": (keras.optimizers.Adam, {"epsilon": 1e-3}, 0.0),
    "dropout": (keras.optimizers.SGD, {}, 0.5),
    "dropout again": (keras.optimizers.SGD, {}, 0.5),
}


def new_model(rows: int, dropout: float) -> keras.Sequential:
    """Build a small model, the same each time."""
    with seeded_layers(0):
        return build_model(VOCAB_SIZE, 6, 8, rows, dropout=dropout)


def train(
    strategy: tf.distribute.Strategy,
    variant: tuple[type, dict[str, float], float],
) -> dict[str, np.ndarray]:
    """Train in one of the ways; return all losses, and the weights."""
    make_optimizer, options, dropout = variant
    with strategy.scope():
        model = new_model(ROWS // strategy.num_replicas_in_sync, dropout)
        optimizer = make_optimizer(0.05, **options)
    seed_replicas(strategy, model)
    step = make_distributed_step(strategy, model, optimizer)
    losses = []
    for _ in range(EPOCHS):
        strategy.run(lambda: reset_states(model))
        for inputs, targets in worker_batches(strategy, IDS, RECIPE):
            losses.append(float(step(inputs, targets)))
    weights = [weight.ravel() for weight in model.get_weights()]
    return {"losses": np.array(losses), "weights": np.concatenate(weights)}


def make_strategy(kind: str) -> tf.distribute.Strategy:
    """Return a strategy: for one device, two devices, or several workers."""
    if kind == "workers":
        return worker_strategy(read_cluster(cluster_config() or ""))
    if kind == "mirrored":
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, two)
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    return tf.distribute.get_strategy()


def main(kind: str, folder: str) -> None:
    """Train in all ways, and write the results."""
    strategy = make_strategy(kind)
    results = {}
    for name, variant in VARIANTS.items():
        for key, values in train(strategy, variant).items():
            results[f"{name}, {key}"] = values
    if is_chief(strategy):
        np.savez(Path(folder, "results.npz"), **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
