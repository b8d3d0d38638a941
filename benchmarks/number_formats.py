"""Train the classic lesson's recipe in both number formats, side by side.

Ten epochs over the full corpus, with the same first weights and the same
batches in the same order: does the shorter format cost quality? On two
processor cores this takes about an hour.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import time

import keras

from textgen_helpers.hardware import DTYPE_POLICIES
from textgen_helpers.settings import FULL, SEED


def main() -> None:
    """Train both models epoch by epoch in turn, and print their losses."""
    text = tg.load_corpus("shakespeare")
    vocabulary = tg.Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    models, steps, batches = [], [], []
    for dtype in DTYPE_POLICIES:
        keras.utils.set_random_seed(SEED)
        models.append(tg.build_model(len(vocabulary), dtype=dtype))
        optimizer = keras.optimizers.Adam(FULL.learning_rate)
        steps.append(tg.make_train_step(models[-1], optimizer))
        batches.append(tg.window_batches(ids, seed=SEED))
    print(
        "epoch" + "".join(f"{name:>18}" for name in DTYPE_POLICIES), flush=True
    )
    start = time.perf_counter()
    for epoch in range(1, FULL.epochs + 1):
        print(f"{epoch:>5}", end="", flush=True)
        for model, step, dataset in zip(models, steps, batches, strict=True):
            tg.reset_states(model)
            mean = keras.metrics.Mean()
            for inputs, targets in dataset:
                mean.update_state(step(inputs, targets))
            print(f"{float(mean.result()):>18.4f}", end="", flush=True)
        print(f"   {(time.perf_counter() - start) / 60:.0f} min", flush=True)


if __name__ == "__main__":
    main()
