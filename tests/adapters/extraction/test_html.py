"""HTML pages: structure and main content."""

import pytest

from tests.adapters.extraction.samples import block, kinds, read, refusal, texts


def test_blocks_come_in_order_with_their_kinds() -> None:
    page = """<body><h1>The <em>method</em></h1><p>One
      and &amp; two<p>three<br>four<br><br>five
      <ul><li>first<li>second <ul><li>inner</ul></ul>
      <dl><dt>term<dd>meaning</dl><pre>a
  b</pre><blockquote>quoted</blockquote>loose</body>"""
    assert kinds(page, "html") == [
        ("heading", "The method"),
        ("paragraph", "One and & two"),
        ("paragraph", "three four"),
        ("paragraph", "five"),
        ("list_item", "first"),
        ("list_item", "second"),
        ("list_item", "inner"),
        ("list_item", "term"),
        ("list_item", "meaning"),
        ("code", "a b"),
        ("paragraph", "quoted"),
        ("paragraph", "loose"),
    ]
    assert block(page, "html", "a b").text == "a\n  b"


def test_blocks_know_their_path_of_headings() -> None:
    page = "<h1>A</h1><h2>B</h2><p>one</p><h3>C</h3><p>two</p><h2>D</h2><p>three</p>"
    assert block(page, "html", "one").place.heading == ("A", "B")
    assert block(page, "html", "two").place.heading == ("A", "B", "C")
    assert block(page, "html", "three").place.heading == ("A", "D")


@pytest.mark.parametrize(
    "chrome",
    [
        "<nav>menu</nav>",
        "<header><h1>Site</h1></header>",
        "<footer>imprint</footer>",
        "<aside>also read</aside>",
        "<script>let x = '<p>menu</p>'</script>",
        "<style>.a { color: red }</style>",
        "<template><p>menu</p></template>",
        "<noscript>turn it on</noscript>",
        "<form><label>Search</label><input value=menu><button>Go</button></form>",
        "<select><option>menu</select>",
        "<svg><title>icon</title><text>menu</text></svg>",
        "<div role=navigation>menu</div>",
        "<div role=dialog>cookies</div>",
        "<div class='top navbar'>menu</div>",
        "<ul class=breadcrumbs><li>Home<li>Guides</ul>",
        "<div id=cookie_banner>cookies</div>",
        "<a class=skip-link href=#main>Go to the words</a>",
        "<dialog>cookies</dialog>",
        "<!-- menu -->",
    ],
)
def test_what_surrounds_the_content_is_left_out(chrome: str) -> None:
    assert texts(f"<body>{chrome}<p>Words.</p>{chrome}</body>", "html") == ["Words."]


def test_names_that_only_begin_like_a_menus_hide_nothing() -> None:
    page = "<body class=sidebar><div class=navigation-at-sea>Steer by the stars.</div><p class=menu>Soup.</p></body>"
    assert texts(page, "html") == ["Steer by the stars.", "Soup."]


def test_the_main_part_is_read_where_there_is_one() -> None:
    page = "<p>Home / Pages</p><main><header><h1>Title</h1></header><p>Words.</p></main><p>Also read this</p>"
    assert texts(page, "html") == ["Title", "Words."]
    assert texts(page.replace("main>", "article>"), "html") == ["Title", "Words."]


def test_a_main_part_that_is_nearly_empty_is_not_believed() -> None:
    page = "<main><p>Hi.</p></main><p>" + "Here are all the words. " * 5 + "</p>"
    assert len(texts(page, "html")) == 2


def test_a_page_wrapped_in_a_form_is_read() -> None:
    page = "<form id=aspnetForm><p>All of the page stands in here.</p><input type=submit></form><p>x</p>"
    assert texts(page, "html") == ["All of the page stands in here.", "x"]


def test_table_rows_have_bars_between_their_cells() -> None:
    page = """<table><caption>Sizes</caption><tr><th>Size<th>Minutes</tr>
      <tr><td><p>Ember</p><p>small</p><td>4</tr><tr><td><td></tr></table>"""
    assert kinds(page, "html") == [
        ("paragraph", "Sizes"),
        ("table", "Size | Minutes"),
        ("table", "Ember small | 4"),
    ]


def test_a_table_that_lays_out_a_page_is_read_as_a_page() -> None:
    nested = (
        "<table><tr><td>left</td><td><h2>Title</h2><p>Words.</p><table><tr><td>a<td>b</tr></table></td></tr></table>"
    )
    assert kinds(nested, "html") == [
        ("paragraph", "left"),
        ("heading", "Title"),
        ("paragraph", "Words."),
        ("table", "a | b"),
    ]
    long = "Many words stand in this column. " * 20
    wide = f"<table><tr><td>left</td><td><p>{long}</p><p>{long}</p></td></tr></table>"
    assert kinds(wide, "html") == [("paragraph", "left"), *[("paragraph", long.strip())] * 2]


def test_the_title_is_the_first_heading_or_the_title_element() -> None:
    assert read("<title>Page | Site</title><h1>Page</h1>x", "html").title == "Page"
    assert read("<title>Page | Site</title><svg><title>icon</title></svg>x", "html").title == "Page | Site"
    assert read("<p>x", "html").title is None


def test_a_charset_named_in_the_page_is_used() -> None:
    page = "<meta charset=windows-1250><p>žluťoučký kůň</p>".encode("cp1250")
    assert texts(page, "html") == ["žluťoučký kůň"]


def test_a_charset_that_is_named_wrongly_does_no_harm() -> None:
    page = "<meta charset=iso-8859-1><p>Größe</p>".encode()
    assert texts(page, "html") == ["Größe"]


def test_deep_nesting_is_read() -> None:
    levels = 5_000_000 // len('<div class="a-wrapper"></div>')
    page = '<div class="a-wrapper">' * levels + "deep" + "</div>" * levels
    assert texts(page, "html") == ["deep"]


def test_tags_that_close_nothing_end_at_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.adapters.extraction.html._DEADLINE_SECONDS", 0.2)
    assert refusal("<b>" * 50_000 + "deep" + "</i>" * 200_000, "html").code == "corrupt"


def test_broken_tags_do_not_hide_the_text_around_them() -> None:
    assert texts('<p>one</p><p class="x>two</p><p>three</p><div title="">four', "html")[0] == "one"
    assert texts("<p>1 < 2 and 3 > 2 & so on</p></div></p><p>next", "html") == ["1 < 2 and 3 > 2 & so on", "next"]


def test_a_heading_keeps_its_id_and_nothing_else_has_one() -> None:
    page = "<h1 id=top>A <em id=not-this>b</em></h1><p id=p>one</p><h2>C</h2><p>two</p>"
    assert [(each.text, each.place.anchor) for each in read(page, "html").blocks] == [
        ("A b", "top"),
        ("one", ""),
        ("C", ""),
        ("two", ""),
    ]
