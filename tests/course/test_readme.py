"""What the README tells is what the notebooks and the pretrained model say."""

import re
from statistics import median

import nbformat
import pytest

from textgen_helpers import nats_to_bits, pretrained_info
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
    (row,) = re.findall(r"\| `twenty-minutes` \| Shakespeare \| (.+)", README)
    expected = [
        f"{nats:.3f} nats, {nats_to_bits(nats):.2f} bits"
        for nats in facts["held_out"].values()
    ]
    seconds = facts["history"]["seconds"]
    minutes = len(seconds) * median(seconds) / 60
    assert row == " | ".join([*expected, f"{minutes:.0f} min |"])
