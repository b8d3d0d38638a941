"""What a student reads about a text of one's own before a run."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from textgen_helpers.settings import DATA_DIR, FULL, QUICK
from textgen_helpers.text.batches import stream_batches, window_batches
from textgen_helpers.text.corpus import split_corpus
from textgen_helpers.training.recipes import recipe_for
from tools import own_text
from tools.own_text import (
    describe_text,
    min_length,
)

from .languages import text_of

SMALL = replace(QUICK, rnn_units=4, embedding_dim=4)


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Return a function from bytes to the report on a file with them."""
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    path = tmp_path / "my.txt"

    def describe(data: bytes) -> str:
        path.write_bytes(data)
        return describe_text(str(path), SMALL)

    return describe


def test_the_report_on_a_plain_text(report, tmp_path) -> None:
    assert report(b"Two words.\nA 7!\n" * 2000).splitlines() == [
        f"Your text: {str(tmp_path / 'my.txt')!r}",
        "Length: 32,000 characters; 20,500 are needed, better 100,000.",
        "Alphabet: 12 characters; Latin 7, white space 2, punctuation 2, "
        "digits 1.",
        "Rare characters: none; each occurs 3 times or more.",
        "Encoding: UTF-8 without a byte-order mark; lines end in LF.",
        "Unicode: in normal form NFC.",
        "Time: about 3 min for all notebooks on this machine.",
    ]
    assert "100,000 characters; 20,500 are needed.\n" in report(b"ab" * 50_000)


def test_alphabets_are_told_apart(report) -> None:
    text = report("aÄжשの文，。☃\u200b".encode() * 2_100)
    assert (
        "Alphabet: 10 characters; Latin 2, punctuation 2, CJK 2, Cyrillic 1, "
        "Hebrew 1,\ninvisible 1.\n"
    ) in text


def test_rare_characters_are_shown(report) -> None:
    text = report(("ab" * 12_000 + "xyzzyz'").encode())
    assert "3 occur fewer than 3 times: 'x' 'y' \"'\" The" in text
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
    text = report(("a" * 24_000 + many).encode())
    assert "400 occur fewer than 3 times: '一' '丁' " in text
    assert "'丈' '三' ... The model can" in " ".join(text.split())
    assert max(map(len, text.splitlines()[1:])) < 80


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xef\xbb\xbfa\n", "UTF-8 with a byte-order mark; lines end in LF"),
        (b"ab\r\n", r"lines end in CR LF (all read as \n)."),
        (b"ab\r", r"lines end in CR (all read as \n)."),
        (b"ab\r\ncd\n", r"lines end in CR LF or LF (all read as \n)."),
        (b"ab", "without a byte-order mark; one line."),
    ],
)
def test_bytes_are_described(data: bytes, message: str) -> None:
    assert message in own_text._describe_bytes(data)


def test_another_normal_form_is_said(report) -> None:
    text = report(("e\u0301t" * 9_000).encode())
    assert "not in normal form NFC" in text
    assert "In NFC the text has 9,000 characters fewer." in text
    assert "A text editor or Python's unicodedata.normalize('NFC', te" in text
    angstrom = "\u212b"  # the sign; in NFC it is the letter
    assert len(unicodedata.normalize("NFC", angstrom)) == 1
    assert "the text is as long" in report((angstrom * 21_000 + "a").encode())


def test_no_message_is_a_command(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    path = tmp_path / "$(touch it's).txt"
    path.write_text("e\u0301t" * 9000, encoding="utf-8")
    report = describe_text(str(path), SMALL)
    assert "python -c" not in report and report.count(path.name) == 1
    path.write_bytes("caf\u00e9 au lait, d\u00e9j\u00e0 vu. ".encode("cp1252"))
    with pytest.raises(ValueError, match="is not UTF-8") as caught:
        describe_text(str(path), SMALL)
    assert "python -c" not in str(caught.value)


@pytest.mark.parametrize("settings", [QUICK, FULL])
def test_from_the_least_length_on_all_batches_can_be_made(settings) -> None:
    least = min_length(settings)
    recipe = recipe_for(settings)
    sizes = (recipe.seq_length, recipe.batch_size)

    def make_batches(length: int) -> None:
        ids = np.zeros(length, np.int32)
        for part in split_corpus("a" * length):
            assert len(stream_batches(ids[: len(part)], *sizes))
        assert window_batches(ids, settings.seq_length, settings.batch_size)
        assert window_batches(ids)

    for length in range(least, least + 40):
        make_batches(length)
    # Each part is rounded: some lengths that are a little shorter work, too.
    with pytest.raises(ValueError, match=r"too short|at least"):
        make_batches(least - 40)


def test_two_batches_of_notebook_3_s_streams_fit() -> None:
    for settings in (QUICK, FULL):
        ids = np.zeros(min_length(settings), np.int32)
        assert len(stream_batches(ids)) >= 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a" * 20_499, r"has 20,499 .* at least 20,500 in the quick profile"),
        (b"", "is empty"),
        ("caf\u00e9".encode("cp1252") * 9999, "not UTF-8: byte 3 "),
        (b"a" * 21_000, "only one character, 'a', again and again"),
        (b"\r\n" * 21_000, r"only one character, '\\n', again and again"),
        (
            b"ab" * 18_000 + b"\n" * 4_000,
            "last tenth of .* begins with line",
        ),
    ],
)
def test_a_useless_file_is_said_in_one_sentence(
    report, data: bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        report(data)


# Encodings


RUSSIAN = text_of("Russian", 24_000)
ENGLISH = "The sea, and the mountains.\n" * 1500


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (RUSSIAN.encode("koi8-r"), "It is probably koi8-r: give --encoding ko"),
        (RUSSIAN.encode("utf-16"), "It is probably utf-16: give --encoding ut"),
        (RUSSIAN.encode("utf-16-le"), "is probably utf-16-le: give --encoding"),
        (ENGLISH.encode("utf-16-be"), "is probably utf-16-be: give --encoding"),
        (ENGLISH.encode("utf-32-le"), "is probably utf-32-le: give --encoding"),
        (bytes(range(1, 256)) * 99, "Its encoding is unknown: give it as --e"),
        (RUSSIAN.encode() + b"\xff", "The rest is UTF-8: correct that place"),
        (b"\0" + ENGLISH.encode(), "has a NUL (0x00), which no text has, at"),
    ],
)
def test_a_file_in_another_encoding_is_said_in_one_line(
    report, data: bytes, advice: str
) -> None:
    with pytest.raises(ValueError, match=r"my\.txt' ") as caught:
        report(data)
    message = str(caught.value)
    assert advice in message and "\n" not in message


def test_a_text_is_read_in_the_encoding_given(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    path = tmp_path / "my.txt"
    path.write_bytes(RUSSIAN.replace("\n", "\r\n").encode("utf-16"))
    report = describe_text(str(path), SMALL, encoding="utf-16")
    assert f"It begins: {RUSSIAN[:60]!r}\n" in report
    assert "Encoding: utf-16; lines end in CR LF (all read" in report
    with pytest.raises(ValueError, match="There is no encoding 'utf-61'"):
        describe_text(str(path), SMALL, encoding="utf-61")
    with pytest.raises(ValueError, match="There is no encoding ''"):
        describe_text(str(path), SMALL, encoding="")


def test_utf8_needs_no_other_name(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    path = tmp_path / "my.txt"
    path.write_text(ENGLISH)
    report = describe_text(str(path), SMALL, encoding="utf8")
    assert "Encoding: UTF-8 without a byte-order mark; lines" in report


def test_a_file_name_that_cannot_be_printed_is_written_as_in_python(
    monkeypatch,
) -> None:
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    monkeypatch.setattr(own_text, "load_corpus", lambda *_: ENGLISH)
    monkeypatch.setattr(own_text.Path, "read_bytes", lambda _: b"")
    report = describe_text("it's \udcff\n.txt", SMALL)
    assert report.encode()
    assert report.startswith('Your text: "it\'s \\udcff\\n.txt"\nLength')


# A part of a text


def test_a_part_of_a_text_can_be_taken(report, tmp_path) -> None:
    report(b"ab" * 50_000)
    path = str(tmp_path / "my.txt")
    described = describe_text(path, SMALL, max_chars=21_000)
    assert "Length: 21,000 of 100,000 characters; 20,500 are" in described
    assert "better 100,000." in described
    described = describe_text(path, SMALL, max_chars=100_000)
    assert "Length: 100,000 characters; 20,500 are needed.\n" in described
    with pytest.raises(ValueError, match=r"--max-chars is 20,499, but .* more"):
        describe_text(path, SMALL, max_chars=20_499)
    with pytest.raises(ValueError, match="must be 1 or more, but is 0"):
        describe_text(path, SMALL, max_chars=0)


@pytest.mark.parametrize(
    ("hours", "advice"),
    [
        (3, "about 3.0 h .* --max-chars 42000 to take .* about 10 min,"),
        (99, "about 99.0 h .* --max-chars 20500 to take .* about 2.1 h,"),
    ],
)
def test_a_run_of_hours_needs_a_decision(
    hours, advice, report, monkeypatch, tmp_path
) -> None:
    report(b"ab" * 500_000)
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 3600.0 * hours)
    monkeypatch.setattr(own_text, "rest_seconds", lambda _: 150.0)
    path = str(tmp_path / "my.txt")
    with pytest.raises(ValueError, match=advice) as caught:
        describe_text(path, SMALL)
    message = str(caught.value)
    assert message.endswith("or --max-chars 1000000 to take all.")
    assert f"Time: about {hours}.0 h" in describe_text(
        path, SMALL, max_chars=1_000_000
    )


def test_two_hours_are_not_too_long(report, monkeypatch, tmp_path) -> None:
    report(b"ab" * 11_000)
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 7200.0)
    assert "about 2.0 h" in describe_text(str(tmp_path / "my.txt"), SMALL)


# The program


def test_the_program_writes_a_copy(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    path, copy = tmp_path / "my.txt", tmp_path / "new" / "copy.txt"
    path.write_bytes(RUSSIAN.replace("\n", "\r\n").encode("cp1251"))
    more = ["--encoding=cp1251", "--max-chars=21000", f"--copy={copy}"]
    assert own_text.main([str(path), *more]) == 0
    assert copy.read_bytes() == RUSSIAN[:21_000].encode()
    assert "Encoding: cp1251; " in capsys.readouterr().out


@pytest.mark.parametrize(
    "more", [["--encoding=utf-8"], ["--encoding=cp1251", "--max-chars=9"]]
)
def test_what_cannot_be_used_is_not_copied(more, tmp_path) -> None:
    path, copy = tmp_path / "my.txt", tmp_path / "copy.txt"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    with pytest.raises(ValueError, match=r"not UTF-8|give more"):
        own_text.main([str(path), *more, f"--copy={copy}"])
    assert not copy.exists()


def test_the_program_prints_the_report(monkeypatch, capsys) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)
    assert own_text.main([str(DATA_DIR / "sample.txt")]) == 0
    printed = capsys.readouterr().out
    assert "142,929 characters; 20,500" in printed
    assert "Time: about 3 min" in printed


def test_the_program_needs_a_file(monkeypatch, tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="no text file 'nowhere'"):
        own_text.main(["nowhere"])
    monkeypatch.setenv("TEXTGEN_PROFILE", "huge")
    with pytest.raises(ValueError, match="is no profile"):
        own_text.main([str(tmp_path)])
    with pytest.raises(SystemExit):
        own_text.main([])


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            PermissionError(13, "Permission denied", "my.txt"),
            "'my.txt' cannot be read or written (Permission denied).",
        ),
        (FileNotFoundError("There is no file."), "There is no file."),
        (ValueError("It is empty."), "It is empty."),
        (MemoryError(), "The text is too large for the memory of this machine"),
    ],
)
def test_an_error_becomes_a_sentence(error, sentence) -> None:
    assert own_text.explain(error).startswith(sentence)
