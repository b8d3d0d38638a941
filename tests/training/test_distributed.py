"""Several replicas train what one device trains; faults end with a sentence.

The processes are real ones, on this machine.
"""

import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.model.build import reset_states
from textgen_helpers.model.checkpoints import read_checkpoint, read_weights
from textgen_helpers.settings import (
    ONE_MINUTE,
    ROOT,
    Settings,
    worker_environment,
)
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.text.corpus import load_corpus, split_corpus
from textgen_helpers.text.disk import encode_to_disk
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training import distributed, workers
from textgen_helpers.training.distributed import (
    lost_workers,
    read_cluster,
    train_distributed,
    worker_batches,
    worker_strategy,
)
from textgen_helpers.training.loop import make_train_step
from textgen_helpers.training.recipes import train_recipe
from textgen_helpers.training.workers import run_workers, train_in_workers

from .replicas import EPOCHS, IDS, RECIPE, ROWS, STEPS, VARIANTS, new_model

KINDS = {"one": 1, "mirrored": 1, "two workers": 2, "three workers": 3}
EQUAL = [name for name in VARIANTS if "dropout" not in name]
GUARD_SECONDS = 300  # a test that would hang fails instead

Results = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, Results]:
    """Train all variants on one device, on two, and in 2 and 3 processes."""
    everything = {}
    for kind, count in KINDS.items():
        folder = tmp_path_factory.mktemp("results")
        argument = "workers" if count > 1 else kind
        module = "tests.training.replicas"
        run_workers(
            [sys.executable, "-m", module, argument, str(folder)], count
        )
        with np.load(folder / "results.npz") as file:
            everything[kind] = dict(file)
    return everything


@pytest.mark.parametrize("name", EQUAL)
@pytest.mark.parametrize("kind", list(KINDS)[1:])
def test_several_replicas_train_what_one_trains(results, kind, name) -> None:
    one, several = results["one"], results[kind]
    for key in (f"{name}, losses", f"{name}, weights"):
        np.testing.assert_allclose(several[key], one[key], rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("name", EQUAL)
def test_one_replica_trains_what_the_loop_of_notebook_5_trains(
    results, name
) -> None:
    make_optimizer, options, _ = VARIANTS[name]
    model = new_model(ROWS, 0.0)
    step = make_train_step(model, make_optimizer(0.05, **options))
    losses = []
    for _ in range(EPOCHS):
        reset_states(model)
        for inputs, targets in stream_batches(IDS, RECIPE.seq_length, ROWS):
            losses.append(float(step(inputs, targets)))
    assert len(losses) == EPOCHS * STEPS
    expected = results["one"][f"{name}, losses"]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_clipping_matters_here(results) -> None:
    one = results["one"]
    clipped, free = one["SGD, clipped, weights"], one["SGD, weights"]
    assert np.abs(clipped - free).max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_repeats_by_its_seed(results, kind) -> None:
    several = results[kind]
    once, again = several["dropout, losses"], several["dropout again, losses"]
    np.testing.assert_allclose(once, again, rtol=1e-5)


@pytest.mark.parametrize("kind", list(KINDS)[1:])
def test_each_replica_drops_out_other_numbers(results, kind) -> None:
    one, several = results["one"], results[kind]
    first_losses = [each["dropout, losses"][0] for each in (one, several)]
    assert abs(first_losses[0] - first_losses[1]) > 1e-5


def test_replicas_with_equal_rows_have_other_masks() -> None:
    """With equal weights and rows, other outputs are those of other masks."""
    code = """
from tests.training.replicas import *
strategy = make_strategy("mirrored")
with strategy.scope():
    model = new_model(2, 0.5)
seed_replicas(strategy, model)
ids = tf.zeros((2, 5), tf.int32)
outputs = strategy.run(lambda: model(ids, training=True))
first, second = strategy.experimental_local_results(outputs)
print(bool(tf.reduce_any(first != second)))
"""
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.check_output(command, env=environment) == b"True\n"


def test_the_rows_of_the_workers_are_those_of_one_device(monkeypatch) -> None:
    """`shard` would deal batches: then a row would not go on where it was."""
    blocks = []
    for number in range(3):
        monkeypatch.setattr(
            distributed, "worker_number", lambda _, n=number: (n, 3)
        )
        batches = worker_batches(tf.distribute.get_strategy(), IDS, RECIPE)
        blocks.append([inputs.numpy() for inputs, _ in batches])
    whole = stream_batches(IDS, RECIPE.seq_length, ROWS)
    assert len(blocks[0]) == len(blocks[1]) == len(blocks[2]) == STEPS
    for step, (inputs, _) in enumerate(whole):
        together = np.concatenate([block[step] for block in blocks])
        np.testing.assert_array_equal(together, inputs)


# --- whole trainings -----------------------------------------------------


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> Settings:
    """A small training of several epochs, on a text of its own."""
    folder = tmp_path_factory.mktemp("text")
    path = folder / "text.txt"
    path.write_text(load_corpus("sample")[:12_000], encoding="utf-8")
    return replace(
        ONE_MINUTE,
        corpus=str(path),
        batch_size=ROWS,
        seq_length=16,
        embedding_dim=8,
        rnn_units=16,
        epochs=6,
        dropout=0.0,
    )


@pytest.fixture(scope="module")
def whole(recipe, tmp_path_factory) -> Path:
    """The last checkpoint of an undisturbed training on one device."""
    text = load_corpus(recipe.corpus)
    vocabulary = Vocabulary.from_text(text)
    parts = map(vocabulary.encode, split_corpus(text))
    train_ids, validation_ids, _ = parts
    folder = tmp_path_factory.mktemp("whole")
    return train_recipe(
        replace(recipe, checkpoint_dir=folder),
        vocabulary,
        train_ids,
        validation_ids,
    )


def assert_same_training(path: Path, expected: Path) -> None:
    """Compare weights, optimizer and history of two checkpoints."""
    arrays, _ = read_weights(path)
    others, _ = read_weights(expected)
    assert list(arrays) == list(others)
    for name, array in arrays.items():
        np.testing.assert_allclose(
            array, others[name], rtol=2e-3, atol=2e-5, err_msg=name
        )
    history = read_checkpoint(path)["history"]
    expected_history = read_checkpoint(expected)["history"]
    for key in ("loss", "val_loss"):
        np.testing.assert_allclose(
            history[key], expected_history[key], rtol=1e-4
        )


def test_one_device_trains_what_fit_trains(recipe, whole, tmp_path) -> None:
    text = load_corpus(recipe.corpus)
    vocabulary = Vocabulary.from_text(text)
    parts = map(vocabulary.encode, split_corpus(text))
    train_ids, validation_ids, _ = parts
    path = train_distributed(
        tf.distribute.get_strategy(),
        replace(recipe, checkpoint_dir=tmp_path),
        vocabulary,
        train_ids,
        validation_ids,
    )
    assert_same_training(path, whole)


def test_workers_train_a_text_on_disk(recipe, whole, tmp_path, capsys) -> None:
    text = encode_to_disk(recipe.corpus, tmp_path / "encoded")
    there = replace(recipe, checkpoint_dir=tmp_path / "checkpoints")
    path = train_in_workers(there, 2, text)
    assert_same_training(path, whole)
    printed = capsys.readouterr().out
    # What a line has before its last return is overwritten.
    lines = [line.split("\r")[-1] for line in printed.split("\n")]
    assert lines[0] == "Starting 2 workers on this machine."
    assert [line.split(":")[0] for line in lines[1:] if line] == [
        f"Epoch {epoch}/6" for epoch in range(1, 7)
    ]


@pytest.mark.parametrize(
    ("killed", "step", "dropout", "workers_after"),
    [(0, 131, 0.3, 2), (1, 90, 0.0, 3)],
)
def test_a_killed_worker_ends_the_others_and_nothing_is_lost(
    recipe, whole, tmp_path, killed, step, dropout, workers_after
) -> None:
    expected = whole
    if dropout:
        recipe = replace(recipe, dropout=dropout)
        undisturbed = replace(recipe, checkpoint_dir=tmp_path / "undisturbed")
        expected = train_in_workers(undisturbed, 2)
    recipe = replace(recipe, checkpoint_dir=tmp_path)
    codes, messages = run_and_kill(recipe, killed, step)
    assert codes[1 - killed] == 1
    assert messages[1 - killed].count("\n") == 1
    assert "Start the same command again" in messages[1 - killed]
    steps = read_checkpoint(expected)["epoch"] * step_count(recipe)
    assert 0 < step < steps
    saved = sorted(path.name for path in tmp_path.glob("ckpt_*"))
    done = step // step_count(recipe)
    assert saved == [f"ckpt_{epoch}.npz" for epoch in range(1, done + 1)]
    path = train_in_workers(recipe, workers_after)
    assert_same_training(path, expected)


def step_count(recipe: Settings) -> int:
    """Return the steps of an epoch."""
    length = len(split_corpus(load_corpus(recipe.corpus))[0])
    return (length - 1) // recipe.batch_size // recipe.seq_length


def job_of(recipe: Settings) -> str:
    """Return what a worker is started with."""
    settings = asdict(recipe) | {"checkpoint_dir": str(recipe.checkpoint_dir)}
    return json.dumps({"settings": settings, "text": None})


def run_and_kill(
    recipe: Settings, killed: int, step: int
) -> tuple[list[int], list[str]]:
    """Train with two workers, of which one dies; return codes and messages."""
    program = "tests.training.killed_worker"
    job = [job_of(recipe), str(killed), str(step)]
    commands = [[sys.executable, "-m", program, *job]] * 2
    return run_all(commands, local_configs(2))


def local_configs(count: int) -> list[str]:
    """Return the `TF_CONFIG` of workers on this machine."""
    addresses = [f"localhost:{port}" for port in workers.free_ports(count)]
    return [workers.worker_config(addresses, n) for n in range(count)]


def run_all(
    commands: list[list[str]], configs: list[str]
) -> tuple[list[int], list[str]]:
    """Run programs side by side; return their codes and messages."""
    processes = [
        subprocess.Popen(
            command,
            env=worker_environment(config, 1),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command, config in zip(commands, configs, strict=True)
    ]
    try:
        messages = [p.communicate(timeout=GUARD_SECONDS)[1] for p in processes]
    finally:
        for process in processes:
            process.kill()
    return [process.returncode for process in processes], messages


def test_workers_with_other_trainings_say_so(recipe, tmp_path) -> None:
    recipe = replace(recipe, checkpoint_dir=tmp_path)
    other = replace(recipe, learning_rate=1.0)
    commands = [
        [sys.executable, "-m", workers.PROGRAM, job_of(each)]
        for each in (recipe, other)
    ]
    codes, messages = run_all(commands, local_configs(2))
    assert codes == [1, 1]
    # One of them says it; the other may see only that the first one ended.
    assert any("The workers differ in training" in each for each in messages)
    assert not list(tmp_path.iterdir())


def test_a_worker_that_waits_in_vain_names_the_missing_one(tmp_path) -> None:
    code = """
import os
from textgen_helpers.training.distributed import *
worker_strategy(read_cluster(os.environ["TF_CONFIG"]), wait_seconds=1)
"""
    config = local_configs(2)[0]
    missing = json.loads(config)["cluster"]["worker"][1]
    (code,), (message,) = run_all([[sys.executable, "-c", code]], [config])
    assert code == 1
    assert f"no answer from worker 1 at {missing}" in message


def test_the_others_end_when_one_fails(recipe, tmp_path) -> None:
    broken = replace(recipe, corpus=str(tmp_path / "nowhere.txt"))
    with pytest.raises(RuntimeError, match=r"nowhere\.txt"):
        train_in_workers(replace(broken, checkpoint_dir=tmp_path), 2)


def test_rows_must_be_shared_equally(recipe) -> None:
    with pytest.raises(ValueError, match="5 workers cannot share 12 rows"):
        train_in_workers(recipe, 5)
    with pytest.raises(ValueError, match="0 workers"):
        train_in_workers(recipe, 0)


def test_a_used_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ValueError, match=f"cannot listen at '{address}'"):
            worker_strategy(read_cluster(workers.worker_config([address], 0)))


def test_only_errors_of_the_cluster_are_those_of_a_lost_worker() -> None:
    message = "Collective ops is aborted by: /job:worker/replica:0/task:3 ..."
    expected = pytest.raises(ConnectionError, match=r"Worker 3 .* saved: 7")
    with expected, lost_workers(7):
        raise tf.errors.UnavailableError(None, None, message)
    with pytest.raises(tf.errors.ResourceExhaustedError), lost_workers(7):
        raise tf.errors.ResourceExhaustedError(None, None, "no memory")


GOOD = (
    '{"cluster": {"worker": ["a:1", "b:2"]}, '
    '"task": {"type": "worker", "index": 1}}'
)


def test_a_right_cluster_is_read() -> None:
    assert read_cluster(GOOD)["cluster"]["worker"] == ["a:1", "b:2"]
    assert read_cluster(GOOD)["task"]["index"] == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{", "", "is no JSON"),
        (GOOD, "", "is no JSON"),
        (GOOD, "[]", "names no workers"),
        ('["a:1", "b:2"]', "[]", "names no workers"),
        ('["a:1", "b:2"]', '"a:1"', "names no workers"),
        ("b:2", "b", "the address 'b': write it as"),
        ("b:2", ":2", "the address ':2'"),
        ("b:2", "b:99999", "the address 'b:99999'"),
        ("b:2", "b:x", "the address 'b:x'"),
        ("b:2", "a:1", "the same address twice"),
        ('"cluster": {', '"cluster": {"ps": ["c:3"], ', "other jobs than"),
        ('"index": 1', '"index": 2', "worker 2, but it has workers 0 to 1"),
        ('"index": 1', '"index": -1', "worker -1, but"),
        ('"index": 1', '"index": "1"', "does not say which worker"),
        ('"index": 1', '"index": true', "does not say which worker"),
        ('"type": "worker"', '"type": "chief"', "does not say which"),
    ],
)
def test_a_wrong_cluster_is_named(old, new, message) -> None:
    assert old in GOOD
    with pytest.raises(ValueError, match=re.escape(message)):
        read_cluster(GOOD.replace(old, new, 1))
