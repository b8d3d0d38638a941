"""What the slides builder does with cells, links and what was printed."""

import re

import nbformat
import pytest

from textgen_helpers.exercises.guess import compare_guess
from textgen_helpers.plots.base import PALETTE
from tools.slides import browser, build
from tools.slides.build import (
    MIN_LINES,
    SLIDE_LINES,
    convert_links,
    lay_out,
    make_deck,
    prepare,
    shorten,
    unfold,
)

PICTURE = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})


def printed(*lines: str) -> nbformat.NotebookNode:
    text = "".join(f"{line}\n" for line in lines)
    return nbformat.v4.new_output("stream", text=text)


def laid_out(
    source: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()
) -> nbformat.NotebookNode:
    """Return a code cell as it is on a slide."""
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    lay_out(cell)
    return cell


@pytest.mark.parametrize(
    ("source", "outputs", "tags", "added"),
    [
        ("print(1)", [printed("1")], [], ["beside"]),
        ("x = 1", [], [], []),
        ("print(1)" * 10, [printed("1")], [], []),  # too wide for a half
        ("print(1)", [printed("1" * 50)], [], []),
        ("show()", [printed("1"), PICTURE], [], []),
        ("show()", [PICTURE, printed("1"), PICTURE], [], ["several"]),
        ("show()", [printed("1")], ["remove-input"], []),
        ("show()", [printed("1"), PICTURE], ["remove-input"], []),
        (
            "show()",
            [printed("1", "2", "3", "4"), PICTURE],
            ["remove-input"],
            ["pair"],
        ),
        ("show()", [printed("1", "2", "3"), PICTURE], [], []),
    ],
)
def test_a_cell_is_laid_out(source, outputs, tags, added) -> None:
    cell = laid_out(source, *outputs, tags=tuple(tags))
    assert cell.metadata["tags"] == tags + added


def test_several_pictures_take_the_place_of_what_was_printed() -> None:
    cell = laid_out("show()", PICTURE, printed("1"), PICTURE)
    assert cell.outputs == [PICTURE, PICTURE]


@pytest.mark.parametrize(
    ("code_lines", "tags", "count"),
    [
        (1, [], SLIDE_LINES),
        (5, [], SLIDE_LINES - 4),
        (40, [], MIN_LINES),
        (5, ["remove-input"], SLIDE_LINES + MIN_LINES),
    ],
)
def test_long_code_leaves_less_room(code_lines, tags, count) -> None:
    source = "\n".join(["x = 'wider than half of a slide', 'as most are'"] * 40)
    source = "\n".join(source.split("\n")[:code_lines])
    cell = laid_out(source, printed(*"x" * 100), tags=tuple(tags))
    assert len(cell.outputs[0].text.split("\n")) == count


def test_narrow_output_beside_its_code_has_more_room() -> None:
    cell = laid_out("print(1)\n" * 10, printed(*"x" * 100))
    assert cell.metadata["tags"] == ["beside"]
    lines = cell.outputs[0].text.split("\n")
    assert len(lines) == SLIDE_LINES + MIN_LINES


def test_the_middle_of_long_output_is_left_out() -> None:
    text = "\n".join(map(str, range(1, 21)))
    assert shorten(text, 20) == text
    assert shorten(f"{text}\n\n", 20) == text
    lines = [*map(str, range(1, 7)), "...", "18", "19", "20"]
    assert shorten(text, 10) == "\n".join(lines)


def test_the_end_of_a_long_line_is_left_out() -> None:
    assert shorten("x" * 88, 5) == "x" * 88
    assert shorten("x" * 89, 5) == "x" * 88 + "..."


@pytest.mark.parametrize("result", [65, "falls"])
def test_a_slide_does_not_speak_of_a_missing_guess(result, capsys) -> None:
    compare_guess(None, result)
    text = capsys.readouterr().out
    assert text.startswith(build.NO_GUESS)
    assert shorten(f"65 different characters\n{text}", 9).split("\n") == [
        "65 different characters",
        text.removeprefix(build.NO_GUESS).rstrip("\n"),
    ]


def test_folded_notes_are_unfolded() -> None:
    note = (
        "<details><summary>For you: 2 minutes</summary>\n\nSay.\n\n</details>"
    )
    assert unfold(note) == "For you: 2 minutes\n\nSay.\n\n"
    assert unfold("a <b>word</b>") == "a <b>word</b>"


def test_links_lead_to_decks_or_nowhere() -> None:
    words = "[Next](02_model.ipynb), a [batch](glossary.md#batch)."
    assert convert_links(words) == "[Next](02_model.html), a batch."


def test_a_deck_is_prepared() -> None:
    def cell(kind: str, source: str, slide: str) -> nbformat.NotebookNode:
        new = getattr(nbformat.v4, f"new_{kind}_cell")(source)
        if slide:
            new.metadata["slideshow"] = {"slide_type": slide}
        return new

    notebook = prepare(
        nbformat.v4.new_notebook(
            cells=[
                cell("markdown", "# The title", "slide"),
                cell("code", "", ""),
                cell("markdown", "## The text", "slide"),
                cell("markdown", "**Predict.** How long?", "subslide"),
                cell("code", "print(1)", ""),
                cell("code", " \n", "skip"),
            ]
        )
    )
    title, section, question, code = notebook.cells  # no empty ones
    assert title.metadata.slideshow["data"] == {"kind": "title"}
    assert "data" not in section.metadata.slideshow
    assert question.metadata.slideshow["data"] == {"section": "The text"}
    assert question.metadata.tags == ["question"]
    assert code.metadata.slideshow.slide_type == "-"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "own.ipynb is not a notebook: it is empty or damaged"),
        ([], "own.ipynb has no cells"),
        ([""], "own.ipynb has no cells to show"),
    ],
)
def test_a_notebook_without_slides_is_named(source, message, tmp_path) -> None:
    path = tmp_path / "own.ipynb"
    path.touch()
    if source is not None:
        cells = [nbformat.v4.new_code_cell(text) for text in source]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    with pytest.raises(ValueError, match=message):
        make_deck(path)


def test_a_notebook_whose_cells_are_all_skipped_is_named(tmp_path) -> None:
    path = tmp_path / "own.ipynb"
    cell = nbformat.v4.new_code_cell("x = 1")
    cell.metadata["slideshow"] = {"slide_type": "skip"}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    with pytest.raises(ValueError, match=r"own.ipynb has no cells to show"):
        make_deck(path)


def test_a_missing_package_is_said(monkeypatch) -> None:
    monkeypatch.setattr(build, "REVEAL", "a_package_that_is_nowhere")
    with pytest.raises(OSError, match="Install it with `python -m pip install"):
        build.find_reveal()


def test_a_missing_browser_is_said(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(browser, "find", lambda: "")
    with pytest.raises(OSError, match="There is no Chromium, Chrome or Edge"):
        browser.print_pdf(tmp_path / "deck.html")


def test_colours_are_those_of_the_figures() -> None:
    style = (build.TEMPLATE / "deck.css").read_text(encoding="utf-8")
    named = re.findall(r"--(?:blue|orange|green): (#\w+);", style)
    assert named == list(PALETTE[:3])
