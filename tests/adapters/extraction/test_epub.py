"""EPUB books."""

import pytest

from tests.adapters.extraction.samples import block, kinds, made_epub, made_zip, read, refusal, texts, with_entry

CHAPTERS = {"one.xhtml": "<h1>Part one</h1><p>First.</p>", "two.xhtml": "<h2>Chapter</h2><ul><li>Second.</li></ul>"}


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    data = made_epub(CHAPTERS)
    assert kinds(data, "epub") == [
        ("heading", "Part one"),
        ("paragraph", "First."),
        ("heading", "Chapter"),
        ("list_item", "Second."),
    ]
    assert block(data, "epub", "Second").place.heading == ("Part one", "Chapter")
    assert read(data, "epub").title == "The Hearth"


def test_contents_and_what_is_outside_the_reading_order_are_left_out() -> None:
    items = '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    data = made_epub(CHAPTERS, more={"OEBPS/nav.xhtml": "<p>Contents</p>"}, items=items)
    data = with_entry(
        data, "OEBPS/book.opf", lambda opf: opf.replace(b"<spine>", b'<spine><itemref idref="n"/>').replace(
            b'<itemref idref="i1"/>', b'<itemref idref="i1" linear="no"/>'
        )
    )  # fmt: skip
    assert texts(data, "epub") == ["Part one", "First."]


def test_the_books_own_style_sheet_hides() -> None:
    chapters = {"one.xhtml": "<p class='trap'>secret</p><p>shown</p>"}
    items = '<item id="c" href="css/book.css" media-type="text/css"/>'
    data = made_epub(chapters, more={"OEBPS/css/book.css": ".trap { display: none }"}, items=items)
    assert texts(data, "epub") == ["shown"]


def test_names_with_escapes_and_folders_are_found() -> None:
    data = made_epub({"one.xhtml": "<p>Found.</p>"})
    data = with_entry(data, "OEBPS/book.opf", lambda opf: opf.replace(b"one.xhtml", b"../OEBPS/%6Fne.xhtml#here"))
    assert texts(data, "epub") == ["Found."]


def test_a_book_with_copy_protection_is_refused_but_not_one_with_protected_fonts() -> None:
    method = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    protected = {"META-INF/encryption.xml": method.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    assert refusal(made_epub(CHAPTERS, more=protected), "epub").code == "encrypted"
    fonts = {"META-INF/encryption.xml": method.format("http://www.idpf.org/2008/embedding")}
    assert texts(made_epub(CHAPTERS, more=fonts), "epub")[0] == "Part one"


def test_entities_do_not_expand() -> None:
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE package [<!ENTITY l0 "lol">{lol}]>'.encode()
    data = with_entry(
        made_epub(CHAPTERS), "OEBPS/book.opf", lambda opf: bomb + opf.replace(b"The Hearth", b"&l9;The Hearth")
    )
    assert refusal(data, "epub").code == "corrupt"


@pytest.mark.parametrize("name", ["OEBPS/book.opf", "META-INF/container.xml"])
def test_a_book_without_its_parts_is_corrupt(name: str) -> None:
    assert refusal(with_entry(made_epub(CHAPTERS), name, lambda _: b""), "epub").code == "corrupt"


def test_a_zip_is_no_book() -> None:
    assert refusal(made_zip({"a.txt": b"a"}), "epub").code == "wrong_type"


def test_a_book_that_would_unpack_to_too_much_is_refused() -> None:
    data = made_epub(CHAPTERS, more={"OEBPS/big.xhtml": "a" * 5_000_000})
    assert refusal(data, "epub").code == "unpacks_too_large"
