"""Other libraries, in a process of their own: what is asked and answered."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import peers
from benchmarks.peers import NAMES, Peers, serve
from benchmarks.ways import PEER_SIZES

ANSWERING = """\
import json, sys

sizes = json.loads(sys.argv[1])
for line in sys.stdin:
    is_name = line.strip() == "versions"
    which = "quick" if "quick" in line else "lesson"
    answer = "torch 1, tf_keras 2" if is_name else sizes[which]["rnn_units"]
    print(answer, flush=True)
"""


@pytest.fixture
def program(tmp_path, monkeypatch) -> Path:
    """Return the file that the second process runs, with this Python."""
    path = tmp_path / "program.py"
    monkeypatch.setattr(peers, "__file__", str(path))
    monkeypatch.setattr(peers, "peers_python", lambda: Path(sys.executable))
    clock = SimpleNamespace(sleep=lambda seconds: None)
    monkeypatch.setattr(peers, "time", clock)
    return path


def test_without_peers_nothing_is_started() -> None:
    others = Peers(None)
    assert others.ways("train") == {} and others.versions == []
    others.close()


def test_the_second_process_gets_the_sizes_and_answers(program) -> None:
    program.write_text(ANSWERING)
    others = Peers(PEER_SIZES)
    assert others.versions == ["torch 1", "tf_keras 2"]
    train, write = others.ways("train"), others.ways("write")
    assert list(train) == list(NAMES.values())
    assert list(write) == [NAMES["torch"]]
    seconds = [way() for way in [*train.values(), *write.values()]]
    assert seconds == [PEER_SIZES["lesson"]["rnn_units"]] * 3
    quick = others.ways("quick")
    assert list(quick) == [NAMES["torch"]]
    (way,) = quick.values()
    assert way() == PEER_SIZES["quick"]["rnn_units"]
    others.close()


def test_a_library_that_fails_is_named(program) -> None:
    program.write_text("input()")  # reads a request and ends
    with pytest.raises(SystemExit, match="could not do 'versions'"):
        Peers(PEER_SIZES)


def test_a_missing_environment_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"\.venv-peers.*bench --peers"):
        Peers(PEER_SIZES)


def test_work_is_prepared_once_and_timed_for_each_unit(
    monkeypatch, capsys
) -> None:
    calls = []

    def prepare(sizes: dict[str, float]):
        calls.append(sizes["batch_size"])
        return lambda: calls.append("done")

    times = iter([10.0, 14.0, 20.0, 21.0])
    clock = SimpleNamespace(perf_counter=lambda: next(times))
    monkeypatch.setattr(peers, "time", clock)
    monkeypatch.setattr(peers, "WORK", {"torch_write": (prepare, "quick", 2)})
    monkeypatch.setattr(sys, "stdin", io.StringIO("torch_write\n" * 2))
    serve(PEER_SIZES)
    assert calls == [PEER_SIZES["quick"]["batch_size"], "done", "done"]
    assert capsys.readouterr().out.split() == ["2.0", "0.5"]


def test_the_recipes_step_is_told_all_it_needs() -> None:
    sizes, lesson = PEER_SIZES["quick"], PEER_SIZES["lesson"]
    assert json.loads(json.dumps(sizes)) == sizes
    assert (sizes["batch_size"], sizes["seq_length"]) == (32, 32)
    assert (sizes["rnn_units"], sizes["embedding_dim"]) == (192, 64)
    assert sizes["dropout"] == 0.15 and sizes["weight_decay"] == 0.1
    assert lesson["dropout"] == lesson["weight_decay"] == 0
    for _, which, _ in peers.WORK.values():
        assert which in PEER_SIZES
