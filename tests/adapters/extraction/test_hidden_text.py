"""Text on HTML pages that a reader does not see is not quoted."""

import pytest

from tests.adapters.extraction.samples import refusal, texts


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        "aria-hidden=true",
        'style="display:none"',
        'style="DISPLAY : None !important"',
        'style="display:none!important; display:block"',
        'style="visibility: hidden"',
        'style="font-size:0"',
        'style="font-size: 0px"',
        'style="opacity: 0"',
        'style="opacity: 0.0"',
        'style="color:#fff; background:#ffffff"',
        'style="color: rgb(5, 5, 5); background-color: black"',
        'style="color: white"',
        'style="color: transparent"',
        'style="position:absolute; left:-9999px"',
        'style="text-indent: -999em"',
        'style="text-indent: 100%; white-space: nowrap; overflow: hidden"',
        'style="position:fixed; right:-9999px"',
        'style="transform: translateX(-9999px)"',
        'style="height:0;overflow:hidden"',
        'style="max-height:0;overflow-y:hidden"',
        'style="width:0;overflow:clip"',
        'style="clip:rect(0 0 0 0);position:absolute"',
        'style="clip:rect(0,0,0,0);position:absolute"',
        'style="clip:rect(1px,1px,1px,1px);position:absolute"',
        'style="clip-path: inset(50%)"',
        'style="clip-path: inset(0 100% 0 0)"',
        'style="clip-path: circle(0)"',
        'style="font-size:1px"',
        'style="font-size:0.01em"',
        'style="font: 0/0 a"',
        'style="transform:scale(0)"',
        'style="transform: rotate(5deg) scaleX(0)"',
        'style="scale:0"',
        'style="opacity:1%"',
        'style="filter:opacity(0)"',
        'style="content-visibility:hidden"',
        'style="color:rgb(255,255,255)"',
        'style="color:rgb(100% 100% 100%)"',
        'style="color:hsl(0 0% 100%)"',
        'style="color:#ffff"',
        'style="color:rgba(0,0,0,0)"',
        'style="color:#0000"',
        'style="background:white; color:hsl(0,0%,100%)"',
        'style="background:rebeccapurple; color:#639"',
        'style="-webkit-text-fill-color: transparent"',
        'style="--c: white; color: var(--c)"',
        'style="color: var(--none, white)"',
        r'style="disp\6c ay: n/**/one; display: \6eone"',
    ],
)
def test_an_elements_own_look_hides_it_and_what_is_inside(attributes: str) -> None:
    page = f"<p>before</p><div {attributes}>secret <b>inside</b><p>too</p></div><p>after</p>"
    assert texts(page, "html") == ["before", "after"]


def test_a_hidden_element_without_an_end_tag_ends_where_it_must() -> None:
    assert texts("<p hidden>secret<p>shown<ul><li hidden>secret<li>shown</ul>", "html") == ["shown", "shown"]


@pytest.mark.parametrize(
    "rule",
    [
        ".trap{display:none}",
        "#it { visibility: hidden }",
        "div { font-size: 0 }",
        "p, div.trap , .other{ opacity:0 }",
        ".trap#it { color: #000; background: #000 }",
        "/* .trap { } */ .trap { display: block } .trap { display: none }",
        "@import url(x.css); .trap { display: none }",
        ".trap { display: none !important } #it { display: block }",
        ".trap { color: #fff } .dark .trap { background: #000 }",
        ".trap { display: none",
    ],
)
def test_the_pages_own_style_sheet_hides_by_tag_class_and_id(rule: str) -> None:
    page = f'<style>{rule}</style><h1>Title</h1><div class="a trap" id=it>secret</div>'
    assert "secret" not in texts(page, "html")


@pytest.mark.parametrize(
    "rule",
    [
        "@media print { .trap { display: none } }",
        ".trap:hover { display: none }",
        ".menu .trap { display: none }",
        ".trap { display: none } #it { display: block }",
        ".trapped { display: none }",
        ".trap { opacity: 0; transition: opacity 1s }",
        ".trap { color: transparent; background-clip: text }",
        ".trap { color: #fff; background: navy }",
        ".trap { color: #fff; background: url(dark.png) #fff }",
        ".trap { color: #fff } .a { background: #000 }",
        "body { background: #000 } .trap { color: #fff }",
    ],
)
def test_what_may_be_seen_is_read(rule: str) -> None:
    page = f'<style>{rule}</style><body><div class="a trap" id=it>shown</div>'
    assert texts(page, "html") == ["shown"]


@pytest.mark.parametrize(
    "page",
    [
        '<ul style="font-size:0"><li style="font-size:16px">shown</li></ul>',
        '<div style="visibility:hidden"><p style="visibility:visible">shown</p></div>',
        '<div style="color:white"><p style="color:black">shown</p></div>',
        '<body bgcolor="black"><font color="white">shown</font>',
        '<link rel="stylesheet" href="dark.css"><p style="color:#fff">shown</p>',
        "<p hidden=until-found>shown</p>",
        "<details><summary>shown</summary></details>",
        "<p aria-hidden=false>shown</p>",
    ],
)
def test_inner_elements_may_be_shown_again(page: str) -> None:
    assert texts(page, "html") == ["shown"]


def test_opacity_and_display_cannot_be_undone_inside() -> None:
    page = '<p>shown</p><div style="opacity:0"><p style="opacity:1">secret</p></div>'
    assert texts(page, "html") == ["shown"]


def test_a_page_with_nothing_to_see_has_no_text() -> None:
    assert refusal("<body hidden><p>secret</p></body>", "html").code == "no_text"
