"""Text that a page's own style sheet hides: which rules hold, and which of them wins."""

import pytest

from tests.adapters.extraction.samples import refusal, texts

_PAGE = """<style>{rule}</style><body>
<div class="outer first" data-kind="notes extra" lang=en-GB><h2>Title</h2><p class="a trap" id=it role=note>secret</p>
</div><p class=seen>shown</p></body>"""


def read_with(rule: str) -> list[str]:
    return texts(_PAGE.replace("{rule}", rule), "html")


@pytest.mark.parametrize(
    "rule",
    [
        ".outer .trap{display:none}",
        "body .trap{display:none}",
        "html body div p.trap{display:none}",
        "div > p.trap{display:none}",
        "*.trap{display:none}",
        "p[role]{display:none}",
        "p[role=note]{display:none}",
        "[data-kind~=extra] p{display:none}",
        "[data-kind^=note] > p{display:none}",
        "[data-kind$='extra'] > p{display:none}",
        "[data-kind*='tes ex'] > p{display:none}",
        "[lang|=en] p{display:none}",
        "[ROLE='NOTE' i]{display:none}",
        "h2 + p{display:none}",
        "h2 ~ .trap{display:none}",
        "p:first-of-type.trap{display:none}",
        "p:nth-child(2n).trap{display:none}",
        "p:nth-of-type(1):not(.seen){display:none}",
        "p:not(.seen, .other){display:none}",
        ".outer :is(p, q){display:none}",
        ":where(.outer) p{display:none}",
        ":root .trap:not(:hover){display:none}",
        ".outer:first-child p{display:none}",
        ".seen::before, .trap{display:none}",
        r".\\74 rap{display:none}".replace("\\\\", "\\"),
        "P.trap{DISPLAY:NONE}",
        ".x{content:'}'} .trap{display:none}",
        ".x{background:url('data:image/svg+xml;{')} .trap{display:none}",
        ".outer{ .trap{display:none} }",
        ".outer{ & > .trap{display:none} }",
        ".outer{ @media screen{ p{display:none} } }",
    ],
)
def test_a_rule_hides_by_any_usual_selector(rule: str) -> None:
    assert read_with(rule) == ["Title", "shown"]


@pytest.mark.parametrize(
    "condition",
    [
        "@media screen",
        "@media all",
        "@media only screen and (min-width: 600px)",
        "@media print, (max-width: 90em)",
        "@media (width >= 600px)",
        "@media not print",
        "@supports (display: grid)",
        "@layer base",
        "@layer",
        "@media screen { @supports (gap: 1px)",
    ],
)
def test_a_rule_under_a_condition_that_a_screen_meets_hides(condition: str) -> None:
    assert read_with(f"{condition} {{ .trap {{ display: none }} }}") == ["Title", "shown"]


@pytest.mark.parametrize(
    "rule",
    [
        "@media print{.trap{display:none}}",
        "@media screen and (max-width: 600px){.trap{display:none}}",
        "@media not all{.trap{display:none}}",
        "@media (prefers-color-scheme: dark){.trap{color:white}}",
        "@supports not (display: grid){.trap{display:none}}",
        "@container (min-width: 1px){.trap{display:none}}",
        "body > .trap{display:none}",
        ".seen .trap{display:none}",
        "div + .trap{display:none}",
        ".trap ~ h2{display:none}",
        "p:first-child{display:none}",
        ".trap:hover, .outer:target .trap{display:none}",
        ".trap::before{display:none}",
        ".trap[role=notes]{display:none}",
        ".trap, {opacity: 1}",
        ".trap{max-height:0; overflow:hidden; transition:max-height .2s}",
        ".trap{height:0}",
        ".trap{width:0; flex:1; overflow:hidden}",
        ".outer{height:0; padding-bottom:56%; overflow:hidden}",
        ".trap{margin-left:-100%}",
        ".trap{left:-9999px}",
        ".trap{clip:auto; clip-path:inset(10%)}",
        ".trap{color:transparent; text-shadow:0 0 1px black}",
        ".trap{color:var(--none); display:var(--none)}",
        "html{font-size:62.5%} body{font-size:1.6rem}",
        ".outer{font-size:0} .trap, h2{font-size:1rem}",
        ".trap{opacity:0; animation:fade 1s}",
    ],
)
def test_a_rule_that_does_not_hold_or_does_not_hide_loses_nothing(rule: str) -> None:
    assert read_with(rule) == ["Title", "secret", "shown"]


@pytest.mark.parametrize(
    ("rule", "hides"),
    [
        (".trap{display:none} .trap{display:block}", False),
        (".trap{display:block} .trap{display:none}", True),
        ("#it{display:block} .outer .trap{display:none}", False),
        (".outer .trap{display:none} .trap{display:block}", True),
        (".trap{display:none!important} #it{display:block}", True),
        ("#it{display:none} .trap{display:block ! important}", False),
        (":where(#it){display:none} p{display:block}", False),
        ("@layer a{#it{display:none}} p{display:block}", False),
        ("@layer b, a; @layer a{p{display:none}} @layer b{#it{display:block}}", True),
        (".trap{display:none} @media(min-width:768px){.trap{display:block}}", False),
        (".trap{color:white; background-color:black} .trap{background:white}", True),
        (".trap{overflow:hidden; height:0} .outer .trap{overflow:visible}", False),
        (":root{--ink:black} .outer{--ink:#fff} .trap{color:var(--ink)}", True),
        (":root{--ink:white} .outer{--ink:black} .trap{color:var(--ink)}", False),
    ],
)
def test_the_rule_that_wins_is_the_one_a_browser_follows(rule: str, hides: bool) -> None:
    assert ("secret" not in read_with(rule)) is hides


@pytest.mark.parametrize(
    ("rule", "style", "hides"),
    [
        ("p{display:none}", "display:block", False),
        ("p{display:none!important}", "display:block", True),
        ("p{display:none!important}", "display:block!important", False),
        ("p{display:block!important}", "display:none", False),
    ],
)
def test_an_elements_own_style_wins_unless_a_rule_is_important(rule: str, style: str, hides: bool) -> None:
    page = f'<style>{rule}</style><div>shown</div><p style="{style}">secret</p>'
    assert ("secret" not in texts(page, "html")) is hides


@pytest.mark.parametrize(("media", "hides"), [("print", False), ("screen and (min-width:1px)", True), ("", True)])
def test_a_sheet_for_another_medium_hides_nothing(media: str, hides: bool) -> None:
    page = f'<style media="{media}">.trap{{display:none}}</style><p>shown</p><p class=trap>secret</p>'
    assert ("secret" not in texts(page, "html")) is hides


def test_a_long_chain_of_parts_in_a_deep_page_is_followed() -> None:
    rule = "div " * 40 + "> p ~ q{display:none}"
    page = f"<style>{rule}</style>" + "<div>" * 5_000 + "<p>shown</p><b>and</b><q>secret</q>"
    assert texts(page, "html") == ["shown", "and"]


def test_a_sheet_longer_than_a_piece_of_the_page_is_read_whole() -> None:
    rules = "".join(f".class-number-{number}{{display:none}}" for number in range(5_000))
    page = f"<style>{rules}</style><p>shown</p>" + "".join(
        f"<p class=class-number-{number}>secret</p>" for number in range(5_000)
    )
    assert texts(page, "html") == ["shown"]


def test_a_sheet_that_is_not_closed_ends_with_its_element() -> None:
    page = "<style>.x{color:red</style><style>.trap{display:none}</style><p class=trap>secret</p><p>shown</p>"
    assert texts(page, "html") == ["shown"]


def test_rules_nested_without_end_are_refused() -> None:
    nested = "display:" + "(" * 50_000 + ")" * 50_000
    assert refusal(_PAGE.replace("{rule}", f".a{{{nested}}}"), "html").code == "corrupt"
    assert refusal(f'<p style="{nested}">x</p>', "html").code == "corrupt"


def test_fonts_embedded_in_a_sheet_do_not_count_towards_its_length() -> None:
    font = "@font-face{src:url(data:font/woff2;charset=utf-8;base64," + "A" * 5_000_000 + ")}"
    assert read_with(font + ".trap{display:none}") == ["Title", "shown"]


def test_a_sheet_with_too_many_rules_to_judge_is_refused() -> None:
    rules = ".x{display:none}" * 21_000
    assert refusal(_PAGE.replace("{rule}", rules), "html").code == "too_large"
    assert refusal(_PAGE.replace("{rule}", "/*" + "x" * 4_100_000 + "*/"), "html").code == "too_large"


def test_wrong_style_rules_do_no_harm() -> None:
    assert read_with("}}} ]] <!-- @media { ; .x{{{ color: } .trap { --: ; font-size: ; color: rgb( ") != []
    assert read_with("a" * 3000 + "{display:none} :::{display:none} .{display:none} .trap{display:none}") == [
        "Title",
        "shown",
    ]
    assert read_with(".a{" * 400 + "display:none") == ["Title", "secret", "shown"]
