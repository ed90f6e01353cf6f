"""What every format has in common: dispatch, and files that are not what they say."""

import os
import subprocess
import sys

import pytest

from coaching.adapters.extraction import FileExtractor
from coaching.errors import UnusableDocument
from coaching.knowledge.content_types import SUPPORTED
from tests.adapters.extraction.samples import TYPES, lines_page, made_docx, made_pdf, made_zip, refusal, texts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEXT_KINDS = ("md", "txt", "html")


def test_every_supported_type_has_a_reader() -> None:
    for media_type in SUPPORTED:
        with pytest.raises(UnusableDocument) as caught:
            FileExtractor().extract(b" ", media_type)
        assert caught.value.code in ("no_text", "corrupt")


@pytest.mark.parametrize("kind", TYPES)
def test_an_empty_file_is_refused(kind: str) -> None:
    assert refusal(b"", kind).code == "empty_file"


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_a_file_of_white_space_has_no_text(kind: str) -> None:
    assert refusal(" \n\t\r\n\u00a0 ", kind).code == "no_text"


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_a_file_of_zero_width_characters_has_no_text(kind: str) -> None:
    assert refusal("\u200b\u200d\u2060", kind).code == "no_text"


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_one_character_is_enough(kind: str) -> None:
    assert texts("a", kind) == ["a"]


def test_parameters_of_the_content_type_are_understood() -> None:
    extracted = FileExtractor().extract("Grüße".encode("latin-1"), "Text/Plain; charset=ISO-8859-1")
    assert [block.text for block in extracted.blocks] == ["Grüße"]


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnusableDocument, match=r"application/pdf \(\.pdf\)") as caught:
        FileExtractor().extract(PNG, "image/png")
    assert caught.value.code == "wrong_type"


@pytest.mark.parametrize(
    ("data", "kind", "named"),
    [
        (made_pdf(lines_page("Hello")), "txt", ["a plain text file", "a PDF file"]),
        (made_pdf(lines_page("Hello")), "docx", ["a Word document", "a PDF file"]),
        (PNG, "docx", ["a Word document", "a PNG picture"]),
        (PNG, "pdf", ["a PDF file", "a PNG picture"]),
        (made_docx(lambda document: None), "pdf", ["a PDF file", "an Office document"]),
        (made_zip({"a.txt": b"a"}), "md", ["a Markdown file", "a zip archive"]),
        (made_zip({"a.txt": b"a"}), "docx", ["a Word document", "a zip archive"]),
        (b"{\\rtf1 hello}", "txt", ["a plain text file", "an RTF file"]),
        (b"<!DOCTYPE html><p>Hello</p>", "md", ["a Markdown file", "an HTML page"]),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "vtt", ["a WebVTT transcript", "a WAV recording"]),
        (b"\x00\x00\x00\x20ftypisom", "srt", ["an SRT transcript", "an MP4"]),
    ],
)
def test_a_file_of_another_type_is_refused_by_both_names(data: bytes, kind: str, named: list[str]) -> None:
    error = refusal(data, kind)
    assert error.code == "wrong_type"
    assert all(name in error.message for name in named)


def test_text_may_speak_of_file_formats() -> None:
    assert texts("%PDF is how a PDF begins.", "txt") == ["%PDF is how a PDF begins."]
    assert texts("ID3 tags and RIFF chunks", "txt") == ["ID3 tags and RIFF chunks"]


@pytest.mark.parametrize("kind", TYPES)
def test_random_bytes_are_refused(kind: str) -> None:
    assert refusal(b"\x93" + os.urandom(20_000), kind).code in ("not_text", "corrupt")


def test_more_characters_than_the_limit_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.adapters.extraction.files.TEXT_LIMIT_BYTES", 10)
    assert refusal("eleven char", "txt").code == "too_large"


def test_importing_the_extractor_imports_no_parser() -> None:
    program = (
        "import sys, coaching.adapters.extraction;"
        "parsers = {'docx', 'pptx', 'openpyxl', 'lxml', 'pypdfium2', 'markdown_it', 'charset_normalizer'};"
        "print(sorted(parsers & sys.modules.keys()))"
    )
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
