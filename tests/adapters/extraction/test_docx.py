"""Word documents."""

import io
import zipfile

import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE

from tests.adapters.extraction.samples import block, kinds, made_docx, made_zip, read, refusal, texts, with_entry

BODY = "word/document.xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def method(document: Document) -> None:
    document.add_heading("The method", 0)
    document.add_paragraph("An opening\tline.")
    document.add_heading("Part one", 1)
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("second", style="List Number 2")
    table = document.add_table(0, 2)
    for cells in (("Size", "Minutes"), ("Ember", "4")):
        row = table.add_row()
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_heading("Detail", 2)
    document.add_paragraph("Words.")


def with_body(paragraphs: str) -> bytes:
    """Return a docx with this markup in front of its first paragraph."""
    data = made_docx(lambda document: None)
    return with_entry(data, BODY, lambda xml: xml.replace(b"<w:body>", b"<w:body>" + paragraphs.encode(), 1))


def test_blocks_come_in_document_order_with_their_kinds() -> None:
    assert kinds(made_docx(method), "docx") == [
        ("heading", "The method"),
        ("paragraph", "An opening line."),
        ("heading", "Part one"),
        ("list_item", "first"),
        ("list_item", "second"),
        ("table", "Size | Minutes"),
        ("table", "Ember | 4"),
        ("heading", "Detail"),
        ("paragraph", "Words."),
    ]


def test_blocks_know_their_path_of_headings() -> None:
    assert block(made_docx(method), "docx", "Words.").place.heading == ("The method", "Part one", "Detail")
    assert block(made_docx(method), "docx", "first").place.heading == ("The method", "Part one")


def test_a_style_based_on_a_heading_is_one() -> None:
    def build(document: Document) -> None:
        style = document.styles.add_style("Chapter", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Heading 2"]
        document.add_paragraph("Mine", style="Chapter")

    assert kinds(made_docx(build), "docx") == [("heading", "Mine")]


def test_the_title_is_the_files_own_or_the_titled_paragraph() -> None:
    def build(document: Document) -> None:
        method(document)
        document.core_properties.title = "The Banked Fire"

    assert read(made_docx(build), "docx").title == "The Banked Fire"
    assert read(made_docx(method), "docx").title == "The method"
    assert read(with_body("<w:p><w:r><w:t>Words.</w:t></w:r></w:p>"), "docx").title is None


def test_a_table_of_one_column_is_a_frame_around_text() -> None:
    def build(document: Document) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "One."
        cell.add_paragraph("Two.")

    assert kinds(made_docx(build), "docx") == [("paragraph", "One."), ("paragraph", "Two.")]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<w:ins><w:r><w:t>put in</w:t></w:r></w:ins>", "a put in z"),
        ("<w:del><w:r><w:delText>taken out</w:delText></w:r></w:del>", "a z"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>", "a z"),
        ('<w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>shown</w:t></w:r>', "a shown z"),
        ("<w:r><w:rPr><w:webHidden/></w:rPr><w:t>hidden</w:t></w:r>", "a z"),
        ('<w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:t>hidden</w:t></w:r>', "a z"),
        ('<w:r><w:rPr><w:sz w:val="12"/></w:rPr><w:t>small</w:t></w:r>', "a small z"),
        ('<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>hidden</w:t></w:r>', "a z"),
        (
            '<w:r><w:rPr><w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000000"/></w:rPr><w:t>shown</w:t></w:r>',
            "a shown z",
        ),
        ("<w:sdt><w:sdtContent><w:r><w:t>chosen</w:t></w:r></w:sdtContent></w:sdt>", "a chosen z"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>", "a z"),
        ("<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r>", "a one two-three z"),
        ("<!-- comment -->", "a z"),
    ],
)
def test_a_paragraph_reads_as_word_shows_it(markup: str, shown: str) -> None:
    space = '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
    data = with_body(f"<w:p><w:r><w:t>a</w:t></w:r>{space}{markup}{space}<w:r><w:t>z</w:t></w:r></w:p>")
    assert texts(data, "docx") == [shown]


def test_styles_that_hide_hide_what_is_set_in_them() -> None:
    def build(document: Document) -> None:
        hidden = document.styles.add_style("Secret", WD_STYLE_TYPE.CHARACTER)
        hidden.font.hidden = True
        derived = document.styles.add_style("More secret", WD_STYLE_TYPE.CHARACTER)
        derived.base_style = hidden
        whole = document.styles.add_style("Secret paragraph", WD_STYLE_TYPE.PARAGRAPH)
        whole.font.hidden = True
        paragraph = document.add_paragraph("shown")
        paragraph.add_run(" secret", hidden)
        paragraph.add_run(" secret", derived)
        document.add_paragraph("secret", whole)

    assert texts(made_docx(build), "docx") == ["shown"]


def test_white_words_in_a_table_may_stand_on_a_dark_cell() -> None:
    cell = '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{}</w:t></w:r></w:p>'
    cells = "".join(f"<w:tc>{cell.format(text)}</w:tc>" for text in ("Week", "Minutes"))
    assert texts(with_body(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), "docx") == ["Week | Minutes"]


def test_paragraphs_in_content_controls_and_text_boxes_are_read() -> None:
    inner = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    control = f"<w:sdt><w:sdtContent>{inner.format('controlled')}</w:sdtContent></w:sdt>"
    boxed = f"<w:pict><w:txbxContent>{inner.format('boxed')}</w:txbxContent></w:pict>"
    box = f"<w:p><w:r><w:t>anchor</w:t>{boxed}</w:r></w:p>"
    assert texts(with_body(control + box), "docx") == ["controlled", "anchor", "boxed"]


def test_a_table_of_contents_is_left_out() -> None:
    def build(document: Document) -> None:
        document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("Part one ... 3", style="toc 1")
        document.add_paragraph("Words.")

    assert texts(made_docx(build), "docx") == ["Words."]


def test_an_empty_document_has_no_text() -> None:
    assert refusal(made_docx(lambda document: None), "docx").code == "no_text"


def test_a_plain_zip_is_not_a_word_document() -> None:
    error = refusal(made_zip({"notes.txt": b"words"}), "docx")
    assert error.code == "wrong_type"
    assert "zip archive" in error.message


def test_another_office_document_is_not_a_word_document() -> None:
    sheet = with_entry(
        made_docx(method),
        "[Content_Types].xml",
        lambda xml: xml.replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main"),
    )
    assert refusal(sheet, "docx").code == "wrong_type"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_corrupt(share: float) -> None:
    data = made_docx(method)
    assert refusal(data[: int(share * len(data))], "docx").code == "corrupt"


@pytest.mark.parametrize("name", [BODY, "_rels/.rels", "[Content_Types].xml"])
@pytest.mark.parametrize("contents", [b"", b"<w:p>", b"<a/>", b"nothing"])
def test_a_broken_part_is_refused(name: str, contents: bytes) -> None:
    data = with_entry(made_docx(method), name, lambda _: contents)
    assert refusal(data, "docx").code in ("corrupt", "wrong_type")


def test_a_document_without_its_styles_is_read() -> None:
    assert "Words." in texts(with_entry(made_docx(method), "word/styles.xml", lambda _: b"<a/>"), "docx")


def test_a_damaged_entry_is_corrupt() -> None:
    data = bytearray(made_docx(method))
    start = data.index(BODY.encode()) + len(BODY) + 40
    data[start : start + 20] = bytes(20)
    assert refusal(bytes(data), "docx").code == "corrupt"


def test_a_protected_document_is_refused() -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(container, "docx").code == "encrypted"
    assert refusal(container[:300], "docx").code == "wrong_type"


def test_a_zip_bomb_by_ratio_is_refused() -> None:
    assert refusal(with_entry(made_docx(method), "word/media/a.xml", lambda _: bytes(8_000_000)), "docx").code == (
        "unpacks_too_large"
    )


def test_a_zip_bomb_by_total_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.adapters.extraction.unzip_guard.MOST_UNPACKED_BYTES", 10_000)
    assert refusal(made_docx(method), "docx").code == "unpacks_too_large"


def test_a_zip_bomb_by_number_of_entries_is_refused() -> None:
    many = made_zip({f"{number}.xml": b"" for number in range(5_001)})
    assert refusal(many, "docx").code == "unpacks_too_large"


def test_a_directory_that_lies_about_sizes_gains_nothing() -> None:
    data = bytearray(with_entry(made_docx(method), "word/media/a.bin", lambda _: bytes(30_000_000)))
    entry = data.rindex(b"word/media/a.bin")
    data[entry - 22 : entry - 18] = (1000).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.getinfo("word/media/a.bin").file_size == 1000
    assert refusal(bytes(data), "docx").code in ("corrupt", "unpacks_too_large")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}'
        '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&l9;&file;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert refusal(with_entry(made_docx(method), BODY, lambda _: xml.encode(encoding)), "docx").code == "corrupt"


def test_deep_nesting_ends_in_a_refusal() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000
    assert refusal(with_body(deep), "docx").code == "corrupt"
