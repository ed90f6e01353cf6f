"""Bytes to text."""

import codecs

import pytest

from coaching.adapters.extraction.decoding import decode
from coaching.errors import UnusableDocument


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_unicode_is_read_by_its_mark_and_the_mark_is_gone(mark: bytes, encoding: str) -> None:
    assert decode(mark + "Übung 🔥".encode(encoding)) == "Übung 🔥"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe und Übung: für ältere Schüler ist das schöner.", "latin-1"),
        ("L'été dernier, j'ai été à la plage où les élèves répétaient.", "latin-1"),
        ("She said: “It’s fine” – and left…", "cp1252"),
        ("Café", "latin-1"),
        ("é", "latin-1"),
        ("Dzień dobry, dziś będziemy rozmawiać o ćwiczeniach i żółtych łódkach.", "cp1250"),
        ("Привет, как дела? Сегодня мы будем говорить о практике.", "cp1251"),
        ("Καλημέρα, σήμερα θα μιλήσουμε για την πρακτική.", "cp1253"),
        ("こんにちは、今日は練習について話します。毎日少しずつ。", "cp932"),
        ("你好,今天我们来谈谈练习的方法。每天一点点进步。", "gb18030"),
    ],
)
def test_older_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_long_file_is_recognised_by_its_first_foreign_letters() -> None:
    text = "All of this is plain.\n" * 10_000 + "Größe und Übung, schöner für Schüler\n" * 3
    assert decode(text.encode("latin-1")) == text


def test_a_declared_charset_decides_where_the_bytes_are_not_utf_8() -> None:
    assert decode("žluťoučký kůň".encode("cp1250"), "windows-1250") == "žluťoučký kůň"
    assert decode("žluťoučký kůň".encode(), "windows-1250") == "žluťoučký kůň"
    assert decode("Größe".encode("latin-1"), "base64") == "Größe"


@pytest.mark.parametrize(
    "data",
    [
        b"text with a \x00 in it",
        "no mark".encode("utf-16-le"),
        codecs.BOM_UTF16_LE + b"odd",
        bytes(range(1, 256)) * 20,
        codecs.BOM_UTF8 + b"\xff\xfe",
    ],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableDocument) as caught:
        decode(data)
    assert caught.value.code == "not_text"
