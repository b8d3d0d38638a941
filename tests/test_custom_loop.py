"""The loop that does what fit does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers import (
    QUICK,
    ResetStates,
    build_model,
    latest_checkpoint,
    list_checkpoints,
    loss,
    restore_for_sampling,
    stream_batches,
    train,
    window_batches,
)


def new_model() -> keras.Sequential:
    keras.utils.set_random_seed(0)
    return build_model(65, 8, 16, batch_size=4)


@pytest.mark.parametrize("make", [window_batches, stream_batches])
def test_loop_and_fit_reach_the_same_weights(make, ids) -> None:
    # `fit` draws one more shuffle than a plain loop, so both get one order.
    order = [np.stack(x) for x in zip(*make(ids[:2_000], 10, 4), strict=True)]
    batches = tf.data.Dataset.from_tensor_slices(tuple(order))
    ours, theirs = new_model(), new_model()
    history = train(ours, batches, 3)
    theirs.compile("adam", loss=loss)
    fitted = theirs.fit(
        batches,
        epochs=3,
        callbacks=[ResetStates()],
        shuffle=False,
        verbose=0,
    )
    # The operations are the same; only their order of summing may differ.
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-5)
    wanted = fitted.history["loss"]
    assert history["loss"] == pytest.approx(wanted, abs=1e-5)


def test_it_learns(ids) -> None:
    model = new_model()
    optimizer = keras.optimizers.Adam(0.01)
    batches = stream_batches(ids[:20_000], 10, 4)
    losses = train(model, batches, 2, optimizer=optimizer)["loss"]
    assert losses[1] < losses[0] < np.log(65)


def test_it_prints_the_mean_loss_and_every_hundredth_batch(ids, capsys) -> None:
    history = train(new_model(), stream_batches(ids[:8_200], 10, 4), 1)
    lines = capsys.readouterr().out.splitlines()
    starts = ["Epoch 1 Batch 0 Loss", "Epoch 1 Batch 100", "Epoch 1 Batch 200"]
    for line, start in zip(lines, starts, strict=False):
        assert line.startswith(start)
    assert lines[-1].startswith(f"Epoch 1 Loss {history['loss'][0]:.4f} (")
    assert len(lines) == 4
    assert len(history["seconds"]) == 1 and history["seconds"][0] > 0


@pytest.mark.parametrize(
    ("epochs", "saved"), [(1, [1]), (5, [5]), (7, [5, 7]), (10, [5, 10])]
)
def test_every_fifth_epoch_and_the_last_are_saved(
    epochs, saved, ids, vocabulary, tmp_path
) -> None:
    model = new_model()
    train(
        model,
        stream_batches(ids[:100], 10, 4),
        epochs,
        checkpoint_dir=tmp_path,
        vocabulary=vocabulary,
        settings=QUICK,
    )
    names = [path.name for path in list_checkpoints(tmp_path)]
    assert names == [f"ckpt_{epoch}.weights.h5" for epoch in saved]
    restored, _ = restore_for_sampling(latest_checkpoint(tmp_path))
    for a, b in zip(restored.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_bad_input_gets_one_clear_sentence(ids, tmp_path) -> None:
    batches = stream_batches(ids[:100], 10, 4)
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        train(new_model(), batches, 0)
    with pytest.raises(ValueError, match="There is no batch"):
        train(new_model(), batches.take(0), 1)
    with pytest.raises(ValueError, match="vocabulary and the settings"):
        train(new_model(), batches, 1, checkpoint_dir=tmp_path)
