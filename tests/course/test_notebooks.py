"""Every notebook is built as students, instructors and CI need it."""

import re
from base64 import b64decode
from itertools import pairwise

import nbformat
import pytest
from nbconvert.exporters import ScriptExporter

from textgen_helpers.settings import ROOT
from tools.notebooks.student import is_note

from . import glossary

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
READ = {path.stem: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
SLIDES = {"slide", "subslide", "fragment", "notes", "skip"}
CHECKED = "nbval-check-output"
NOTE = (
    r"<details><summary>For the instructor: \d+ minutes?</summary>\n\n"
    r"\*\*(?:Say|Prepare):\*\* (?!.*\*\*Wrong:\*\*).+\n\n</details>"
)
MISTAKE = r"<details><summary>A common mistake</summary>\n\n.+\n\n</details>"
each_notebook = pytest.mark.parametrize("name", READ)


def code(name: str) -> list[nbformat.NotebookNode]:
    return [c for c in READ[name].cells if c.cell_type == "code"]


def prose(name: str) -> list[str]:
    cells = [c for c in READ[name].cells if c.cell_type == "markdown"]
    return [cell.source for cell in cells if not is_note(cell)]


def slide(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.slideshow.slide_type


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def lesson(name: str) -> list[nbformat.NotebookNode]:
    """Return the cells before the exercises, those for students."""
    cells = [cell for cell in READ[name].cells if not is_note(cell)]
    (begin,) = [
        i for i, c in enumerate(cells) if c.source.startswith("## Exercises")
    ]
    return cells[:begin]


def output_text(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def checked_outputs() -> dict[str, str]:
    """Return source: output of the cells that nbval compares."""
    return {
        cell.source: output_text(cell)
        for name in READ
        for cell in code(name)
        if CHECKED in tags(cell)
    }


def test_the_series_is_numbered_without_a_gap() -> None:
    numbers = [int(path.stem[:2]) for path in NOTEBOOKS]
    assert numbers == list(range(1, len(numbers) + 1))


@each_notebook
def test_it_opens_with_aim_time_and_what_it_builds_on(name: str) -> None:
    title, objectives = prose(name)[:2]
    assert title.startswith(f"# {int(name[:2])}. ")
    assert "At the end of this notebook you can" in title
    assert re.search(r"\*\*Study time:\*\* about \d+ minutes", title)
    assert "**Computing time:**" in title and "quick profile" in title
    assert "the full one" in title
    assert "**Builds on:**" in title
    assert objectives.startswith("**You will**")
    aims = re.findall(r"^- \*\*([a-z]+)( [a-z]+)?\*\* ", objectives, flags=re.M)
    assert len(aims) == objectives.count("\n- ") > 0
    # The cell where an aim is reached carries its verb.
    met = [t for c in code(name) for t in tags(c) if t.startswith("aim:")]
    assert sorted(met) == sorted(f"aim:{verb}" for verb, _ in aims)


@each_notebook
def test_it_ends_with_recap_exercises_and_link(name: str) -> None:
    recap = lesson(name)[-1].source
    assert recap.startswith("## Recap")
    assert READ[name].cells[-2].source.startswith("**Sources:** ")
    link = READ[name].cells[-1].source
    assert re.match(r"\*\*(Next|Back to):\*\* \[.+\]\((.+)\)$", link)


@each_notebook
def test_it_asks_for_guesses_and_answers_them(name: str) -> None:
    cells = READ[name].cells
    asked = [i for i, cell in enumerate(cells) if "predict" in tags(cell)]
    assert asked
    for i in asked:
        names = re.findall(r"guess\w*", cells[i].source.partition("=")[0])
        assert names and "**Predict.** " in cells[i - 1].source
        # Setting up and training come between; the answer is near all the same.
        answers = "".join(c.source for c in cells[i + 1 : i + 6])
        answer = answers.partition("tg.compare_guess(")[2]
        assert re.match(r"guess\w*, ", answer)
        assert all(name in answers for name in names)


@each_notebook
def test_its_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", "\n".join(prose(name))):
        if target.startswith("https://"):  # the course itself needs none
            continue
        path, _, part = target.partition("#")
        assert (ROOT / "notebooks" / path).exists(), target
        assert not part or part in glossary.ANCHORS, target


@each_notebook
def test_every_cell_has_its_place_on_the_slides(name: str) -> None:
    assert all(slide(cell) in SLIDES for cell in READ[name].cells)
    assert slide(READ[name].cells[0]) == "slide"
    shown = [c for c in READ[name].cells if slide(c) not in {"notes", "skip"}]
    assert shown[-1].source.startswith("## Recap")


@each_notebook
def test_each_section_tells_the_instructor_what_to_say(name: str) -> None:
    # A mistake that many make is for all readers, and follows the note.
    mistakes = [
        cell
        for cell in READ[name].cells
        if slide(cell) == "notes" and not is_note(cell)
    ]
    cells = [cell for cell in READ[name].cells if cell not in mistakes]
    for cell, following in pairwise(cells):
        assert (slide(cell) == "slide") == is_note(following)
        if is_note(following):
            note = re.fullmatch(NOTE, following.source, flags=re.S)
            assert note, cell.source
    for before, cell in pairwise(READ[name].cells):
        if cell in mistakes:
            assert is_note(before), cell.source
            assert re.fullmatch(MISTAKE, cell.source, flags=re.S), cell.source


@each_notebook
def test_it_needs_no_mathjax(name: str) -> None:
    for text in prose(name):
        words = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
        assert words.count("$") < 2, text


@each_notebook
def test_it_begins_the_lesson_under_its_own_name(name: str) -> None:
    assert f'tg.begin_lesson("{name}")' in code(name)[0].source


@each_notebook
def test_it_says_what_comes_from_the_environment_nowhere(name: str) -> None:
    assert "environ" not in "".join(cell.source for cell in code(name))


@each_notebook
def test_it_was_run_from_top_to_bottom(name: str) -> None:
    counts = [cell.execution_count for cell in code(name)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_output_is_noise(name: str) -> None:
    for cell in code(name):
        for output in cell.outputs:
            where = cell.source
            assert output.output_type in {"stream", "display_data"}, where
            assert output.get("name") != "stderr", where
            text = output.get("text", "")
            assert not re.search(r"0x[0-9a-f]{6,}|\x1b|\r|\x08", text), where
            assert not re.search(r"(?i)\bwarning\b|Traceback", text), where


@each_notebook
def test_what_prints_or_shows_has_an_output(name: str) -> None:
    for cell in code(name):
        if re.search(r"^(print|tg\.show)\(", cell.source, flags=re.M):
            printed = output_text(cell).strip()
            assert printed or cell.outputs[0].get("data"), cell.source


@each_notebook
def test_every_picture_says_what_it_shows(name: str) -> None:
    for cell in code(name):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 40


@each_notebook
def test_it_is_small_enough_for_a_repository(name: str) -> None:
    path = ROOT / "notebooks" / f"{name}.ipynb"
    assert path.stat().st_size < 1_500_000


@each_notebook
def test_nothing_of_this_machine_is_stored(name: str) -> None:
    stored = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert str(ROOT) not in stored
    assert not re.search(r"/(home|root|tmp|Users)/|[A-Z]:\\+Users", stored)
    assert '"execution": {' not in stored


@pytest.mark.parametrize(
    "figure",
    [
        "65 different characters",
        "'\\n' :   0\n ' ' :   1\n '!' :   2\n '$' :   3\n '&' :   4\n",
        " 'G' :  19\n",
        "[18 47 56 57 58  1 15 47 58 47 64 43 52]",
        "('hell', 'ello')",
        "F\ni\nr\ns\nt\n",
        "Step 0: input 18 ('F'), target 47 ('i')",
        "(64, 100)",
        "(64, 100, 65)",
        "16,640 + 3,938,304 + 66,625 = 4,021,569",
        "4.1744",
        "saved: True\nexported: True",
        "all weights equal to within 0.00001: True",
        "same seed, same text: True\nother seed, same text: False",
        "new state [-0.423 -0.533]",
        "Keras says [-0.423 -0.533]",
        "our steps lead to the model's logits: True",
        "outputs and three gradients are the same: [True, True, True, True]",
    ],
)
def test_the_lesson_s_figures_are_compared(figure: str) -> None:
    assert any(figure in text for text in checked_outputs().values())


def test_the_table_has_twenty_rows() -> None:
    (table,) = [t for t in checked_outputs().values() if "'$' :   3" in t]
    assert len(table.splitlines()) == 21 and table.endswith(" ...\n")


def test_a_run_can_find_its_results() -> None:
    all_tags = {t for name in READ for c in code(name) for t in tags(c)}
    assert all_tags >= {"result-bits", "result-text", "result-ladder"}


def test_the_readme_s_picture_is_the_notebook_s() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (alt,) = re.findall(r"!\[([^]]+)\]\(notebooks/learning.png\)", readme)
    (cell,) = [
        cell for cell in code("04_sampling") if "readme-picture" in tags(cell)
    ]
    stored = cell.outputs[0].metadata["image/png"]["alt"]
    assert re.findall(r"\d\.\d\d", alt) == re.findall(r"\d\.\d\d", stored)
    png = (ROOT / "notebooks" / "learning.png").read_bytes()
    assert b64decode(cell.outputs[0].data["image/png"]) == png


@each_notebook
def test_as_a_script_it_is_a_file_of_python(name: str) -> None:
    _, resources = ScriptExporter().from_notebook_node(READ[name])
    assert resources["output_extension"] == ".py"
