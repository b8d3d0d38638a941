"""What a notebook teaches and what the helper does are the same."""

import ast
from typing import Any

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

import textgen_helpers as tg
from textgen_helpers.model.gru import gru_gates
from textgen_helpers.settings import ROOT
from textgen_helpers.text.batches import split_input_target
from textgen_helpers.training.recipes import make_optimizer


def taught(notebook: str, name: str, **known: Any) -> Any:
    """Return a function as a cell of a notebook defines it."""
    path = next((ROOT / "notebooks").glob(f"{notebook}_*.ipynb"))
    scope = {"np": np, "tf": tf, "keras": keras, "tg": tg, **known}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                exec(ast.unparse(node), scope)
                return scope[name]
    pytest.fail(f"notebook {notebook} does not define {name}")


def cell_with(notebook: str, words: str) -> str:
    """Return the code cell that holds some words."""
    path = next((ROOT / "notebooks").glob(f"{notebook}_*.ipynb"))
    cells = nbformat.read(path, as_version=4).cells
    (source,) = [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and words in cell.source
    ]
    return source


def test_split_input_target() -> None:
    split = taught("01", "split_input_target")
    for chunk in ("hello", np.arange(7)):
        for a, b in zip(split(chunk), split_input_target(chunk), strict=True):
            assert np.array_equal(a, b)


def test_vocabulary(sample, vocabulary, ids) -> None:
    scope: dict[str, Any] = {"np": np, "text": sample, "print": lambda *_: 0}
    scope["vocab"] = sorted(set(sample))
    exec(cell_with("01", "char2idx = {"), scope)
    exec(cell_with("01", "text_as_int = "), scope)
    assert scope["char2idx"] == vocabulary.char2idx
    assert np.array_equal(scope["idx2char"], vocabulary.idx2char)
    assert np.array_equal(scope["text_as_int"], ids)


def test_window_batches(ids) -> None:
    sequences = tf.data.Dataset.from_tensor_slices(ids[:5_000])
    dataset = sequences.batch(11, drop_remainder=True)
    dataset = dataset.map(taught("01", "split_input_target"))
    dataset = dataset.batch(4, drop_remainder=True)
    helper = tg.window_batches(ids[:5_000], 10, 4, shuffle=False)
    for a, b in zip(dataset, helper, strict=True):
        assert np.array_equal(a, b)


def test_stream_batches(ids) -> None:
    plain = taught("03", "stream_batches")(ids[:5_000], 10, 4)
    for a, b in zip(plain, tg.stream_batches(ids[:5_000], 10, 4), strict=True):
        assert np.array_equal(a, b)


def test_build_model() -> None:
    models = []
    for build in (taught("02", "build_model"), tg.build_model):
        keras.utils.set_random_seed(0)
        models.append(build(65, 8, 16, batch_size=4))
    a, b = models
    for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
        assert np.array_equal(x, y)
    batch = np.arange(20).reshape(4, 5)
    plain = tg.to_keras_gru(b)
    assert np.array_equal(a(batch), plain(batch))
    # FastGRU does the same sums in another order.
    tg.reset_states(a)
    assert np.allclose(a(batch), b(batch), rtol=0, atol=1e-6)


def test_loss() -> None:
    labels = np.array([[0, 2]])
    logits = np.array([[[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]], np.float32)
    plain = taught("03", "loss")(labels, logits)
    assert np.array_equal(plain, tg.loss(labels, logits))


def test_generate_text(vocabulary) -> None:
    keras.utils.set_random_seed(0)
    model = tg.build_model(65, 8, 16, batch_size=1)
    model.layers[0].embeddings.assign(model.layers[0].embeddings * 50)
    generate = taught("04", "generate_text", vocabulary=vocabulary)
    # Cold enough, both always draw the likeliest character.
    plain = generate(model, "ROMEO: ", 40, temperature=1e-4)
    helper = tg.generate_text(
        model, vocabulary, "ROMEO: ", 40, temperature=1e-4
    )
    assert plain == helper
    assert len(set(plain)) > 5


def test_gru_step() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((3, 12), (4, 12), (2, 12))]
    x, h = rng.normal(size=3), rng.normal(size=4)
    step = taught("06", "gru_step", sigmoid=taught("06", "sigmoid"))
    kernel, recurrent, bias = weights
    new, z, r, *_ = gru_gates(
        tf.constant([x @ kernel + bias[0]]),
        tf.constant([h @ recurrent + bias[1]]),
        tf.constant([h]),
    )
    for plain, helper in zip(step(x, h, *weights), (new, z, r), strict=True):
        assert np.allclose(plain, helper[0])


def test_train_step(ids) -> None:
    weights = []
    inputs, targets = next(iter(tg.stream_batches(ids, 10, 4)))
    for own in (True, False):
        keras.utils.set_random_seed(0)
        model = tg.build_model(65, 8, 16, batch_size=4)
        optimizer = keras.optimizers.Adam()
        optimizer.build(model.trainable_variables)
        if own:
            known = {"model": model, "optimizer": optimizer}
            step = taught("05", "train_step", **known)
        else:
            step = tg.make_train_step(model, optimizer)
        losses = [float(step(inputs, targets)) for _ in range(3)]
        weights.append([*model.get_weights(), np.array(losses)])
    for a, b in zip(*weights, strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-5)


def test_distributed_step(ids) -> None:
    strategy = tf.distribute.get_strategy()
    weights = []
    inputs, targets = next(iter(tg.stream_batches(ids, 10, 4)))
    for own in (True, False):
        keras.utils.set_random_seed(0)
        model = tg.build_model(65, 8, 16, batch_size=4)
        optimizer = keras.optimizers.SGD(0.5)  # Adam would hide a factor
        if own:
            known = {"strategy": strategy, "model": model}
            known |= {"replicas": 1, "optimizer": optimizer}
            replica_step = taught("07", "replica_step", **known)
            step = taught(
                "07", "train_step", replica_step=replica_step, **known
            )
        else:
            step = tg.make_distributed_step(strategy, model, optimizer)
        losses = [float(step(inputs, targets)) for _ in range(3)]
        weights.append([*model.get_weights(), np.array(losses)])
    for a, b in zip(*weights, strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-5)


def test_make_optimizer(ids) -> None:
    recipe = tg.RECIPES["one-minute"]
    scope = {"keras": keras, "recipe": recipe, "streams": range(50)}
    exec(cell_with("05", "rate, steps = "), scope)
    exec(cell_with("05", "schedule = "), scope)
    ours = make_optimizer(recipe, recipe.epochs * 50)
    for step in (0, 1, 19, 20, 21, 250, 499, 600):
        ours.iterations.assign(step)
        rate = float(ours.learning_rate)
        assert float(scope["schedule"](step)) == pytest.approx(rate, rel=1e-5)
    cell = cell_with("05", "beta_2=0.99")
    (call,) = [
        node
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("AdamW")
    ]
    theirs = eval(ast.unparse(call), scope)
    for name in ("beta_1", "beta_2", "weight_decay", "global_clipnorm"):
        assert getattr(theirs, name) == getattr(ours, name)


def test_read(vocabulary) -> None:
    step = taught("06", "gru_step", sigmoid=taught("06", "sigmoid"))
    read = taught("06", "read", gru_step=step)
    layer = tg.FastGRU(4, return_sequences=True)
    inputs = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    outputs = layer(inputs[np.newaxis])[0]
    states, updates, resets = read(inputs, layer.get_weights())
    assert np.allclose(states, outputs, atol=1e-5)
    assert updates.shape == resets.shape == (5, 4)
