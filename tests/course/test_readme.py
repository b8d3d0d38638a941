"""What the README tells is what the notebooks and the pretrained model say."""

import re
from statistics import median

import nbformat
import pytest

from benchmarks import repeats
from textgen_helpers import pretrained_info
from textgen_helpers.settings import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def printed(name: str, part: str) -> str:
    """Return what the cell of a notebook printed that has this part."""
    path = ROOT / "notebooks" / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = [c for c in cells if c.cell_type == "code" and part in c.source]
    return "".join(output.get("text", "") for output in cell.outputs)


def is_full(*names: str) -> bool:
    """Tell whether the stored outputs of notebooks are of the full profile."""
    paths = [ROOT / "notebooks" / f"{name}.ipynb" for name in names]
    stored = [nbformat.read(path, as_version=4).metadata for path in paths]
    return all(each["textgen"]["profile"] == "full" for each in stored)


def test_what_the_model_writes_is_notebook_1_s() -> None:
    (shown,) = re.findall(r"```\n(ROMEO: .+?)\n```", README, flags=re.S)
    written = printed("01_data_preparation", "tg.generate_text(pretrained")
    assert written.startswith(shown)


@pytest.mark.skipif(
    not is_full("03_training_with_fit", "05_custom_training_loop"),
    reason="notebooks 3 and 5 hold outputs of the quick profile",
)
def test_the_classic_recipe_s_figures_are_those_of_3_and_5() -> None:
    *_, fit = printed("03_training_with_fit", "classic = [").splitlines()
    *_, loop = printed("05_custom_training_loop", "classic = [").splitlines()
    assert f"mean loss is {fit.split()[1]} with `fit`" in README
    assert f"and {loop.split()[1]} in the loop" in README
    assert f"last batch costs {loop.split()[2]} " in README


def test_the_recipe_s_row_is_that_of_the_pretrained_model() -> None:
    facts = pretrained_info()
    row = r"\| `twenty-minutes` \| Shakespeare \| [\d.]+ \| (.+) \|"
    (numbers,) = re.findall(row, README)
    expected = [f"{nats:.3f}" for nats in facts["held_out"].values()]
    seconds = facts["history"]["seconds"]
    minutes = len(seconds) * median(seconds) / 60
    assert numbers == " | ".join([*expected, "1", f"{minutes:.0f} min"])


@pytest.mark.skipif(
    not is_full("04_sampling"), reason="notebook 4 holds quick outputs"
)
def test_the_pretrained_model_s_test_bits_are_notebook_4_s() -> None:
    (bits,) = re.findall(r"`twenty-minutes` \| Shakespeare \| ([\d.]+)", README)
    ladder = printed("04_sampling", "tg.format_table(ladder)")
    assert re.search(rf"^pretrained +{bits} ± ", ladder, flags=re.M)


def test_rows_of_several_seeds_are_those_that_are_stored() -> None:
    rows = repeats.rows()
    assert rows
    for row in rows:
        assert f"\n{row} | " in README
    seeds = re.findall(r"± [\d.]+ \| (\d) \|", README)
    assert len(seeds) == len(rows)
