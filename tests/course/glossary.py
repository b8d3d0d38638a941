"""The glossary as tests read it: its terms, and where a text uses them."""

import re

from textgen_helpers.settings import ROOT

TEXT = (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8")
ENTRIES: dict[str, str] = {}  # term: its paragraph
FORMS: dict[str, str] = {}  # a form of a word, in small letters: its term
for _entry in TEXT.split("\n## ")[1:]:
    _term, _words, *_also = _entry.strip().split("\n\n")
    ENTRIES[_term] = _words
    for _form in [_term, *"".join(_also).removeprefix("Also: ").split(", ")]:
        if _form:
            FORMS[_form.lower()] = _term

_WORDS = "|".join(map(re.escape, sorted(FORMS, key=len, reverse=True)))
# Code, headings, HTML and links are no places to link from.
_USE = re.compile(
    r"\[\**(?P<text>[^]]+?)\**\]\(glossary\.md#(?P<link>[^)]+)\)"
    r"|```.*?```|`[^`]*`|\[[^]]*\]\([^)]*\)|^#.*?$|<[^>]+>"
    rf"|(?<![\w\-–])(?P<word>{_WORDS})(?![\w\-–])",
    flags=re.S | re.M | re.I,
)


def anchor(term: str) -> str:
    """Return the name that a heading gets in a page's address."""
    return re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-")


ANCHORS = {anchor(term) for term in ENTRIES}


def uses(text: str) -> list[tuple[str, bool]]:
    """Return the terms that a text uses, and whether each is linked there."""
    terms = []
    for use in _USE.finditer(text):
        form = use["text"] or use["word"]
        if form:
            term = FORMS[form.lower()]
            is_linked = use["link"] == anchor(term)
            terms.append((term, is_linked))
    return terms
