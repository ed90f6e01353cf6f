"""Markdown."""

from tests.adapters.extraction.samples import block, kinds, read, texts

PAGE = """# The method

Some **bold**, *soft* and `code` words with a [link](http://example.com)
over two lines.

## Steps

1. First ~~not~~
   - inner
2. Second

   with a second paragraph

> Quoted.

```python
print("hi")

print("ho")
```

| Size | Minutes |
|------|---------|
| Ember | 4 |

![a picture](p.png)

## Other
Last.
"""


def test_blocks_come_in_order_without_their_marks() -> None:
    assert kinds(PAGE, "md") == [
        ("heading", "The method"),
        ("paragraph", "Some bold, soft and code words with a link over two lines."),
        ("heading", "Steps"),
        ("list_item", "First not"),
        ("list_item", "inner"),
        ("list_item", "Second"),
        ("list_item", "with a second paragraph"),
        ("paragraph", "Quoted."),
        ("code", 'print("hi") print("ho")'),
        ("table", "Size | Minutes"),
        ("table", "Ember | 4"),
        ("heading", "Other"),
        ("paragraph", "Last."),
    ]


def test_code_keeps_its_lines() -> None:
    assert block(PAGE, "md", 'print("hi")').text == 'print("hi")\n\nprint("ho")'


def test_blocks_know_their_path_of_headings() -> None:
    assert block(PAGE, "md", "Quoted.").place.heading == ("The method", "Steps")
    assert block(PAGE, "md", "Last.").place.heading == ("The method", "Other")
    assert block(PAGE, "md", "Steps").place.heading == ("The method", "Steps")


def test_the_title_is_in_the_front_matter_or_the_first_heading() -> None:
    assert read('---\ntitle: "Anchors"\ntags: [a]\n---\n\nWords.', "md").title == "Anchors"
    assert read(PAGE, "md").title == "The method"
    assert read("Words.\n\n## Later", "md").title is None


def test_front_matter_is_not_text_but_a_rule_is_no_front_matter() -> None:
    assert texts("---\nlayout: page\n---\nWords.", "md") == ["Words."]
    assert texts("---\n\nFirst.\n\n---\n\nSecond.", "md") == ["First.", "Second."]


def test_html_inside_is_read_as_html() -> None:
    page = '<h2 align="center">Why</h2>\n\nOne<br>two <!-- not it --> <b>three</b>\n\n<p hidden>secret</p>'
    assert kinds(page, "md") == [("heading", "Why"), ("paragraph", "One two three")]


def test_links_defined_at_the_end_hold_for_a_long_file() -> None:
    filler = "Some words to fill the page with.\n\n" * 10_000
    found = texts(f"See [the page][far].\n\n{filler}\n[far]: http://example.com\n", "md")
    assert found[0] == "See the page."
    assert len(found) == 10_001


def test_a_fence_is_not_cut_in_a_long_file() -> None:
    code = "a = 1\n\n" * 50_000
    found = read(f"Before.\n\n```\n{code}```\n\nAfter.", "md").blocks
    assert [block.kind for block in found] == ["paragraph", "code", "paragraph"]
