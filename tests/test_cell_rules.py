"""What the checks of the notebooks allow a cell."""

from types import SimpleNamespace

import pytest

from tests import cell_rules

USUAL = 600


def make_item(tags=(), outputs=()):
    metadata = {"tags": list(tags)} if tags else {}
    return SimpleNamespace(
        cell=SimpleNamespace(metadata=metadata),
        config=SimpleNamespace(
            option=SimpleNamespace(nbval_cell_timeout=USUAL)
        ),
        test_outputs=list(outputs),
    )


def run(item, outcome=None) -> float:
    """Run a cell as pytest does; return the limit that nbval has seen."""
    hook = cell_rules.pytest_runtest_call(item)
    next(hook)
    limit = item.config.option.nbval_cell_timeout
    try:
        if outcome is None:
            hook.send(None)
        else:
            hook.throw(outcome)
    except StopIteration:
        pass
    return limit


def test_an_exercise_has_a_minute_and_other_cells_have_more() -> None:
    for tags, limit in (
        ((), USUAL),
        (("exercise",), 60),
        (("predict",), USUAL),
    ):
        item = make_item(tags)
        assert run(item) == limit
        assert item.config.option.nbval_cell_timeout == USUAL


def test_the_usual_limit_comes_back_after_a_failure() -> None:
    item = make_item(("exercise",))
    with pytest.raises(KeyboardInterrupt):
        run(item, KeyboardInterrupt())
    assert item.config.option.nbval_cell_timeout == USUAL


def test_a_cell_that_writes_to_stderr_fails() -> None:
    lines = [{"name": "stdout", "text": "fine"}]
    run(make_item(outputs=lines))
    lines.append({"name": "stderr", "text": "a warning"})
    with pytest.raises(pytest.fail.Exception, match="stderr: a warning"):
        run(make_item(outputs=lines))
