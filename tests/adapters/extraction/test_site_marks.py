"""Marks of site generators in markdown."""

import pytest

from tests.adapters.extraction.samples import kinds, texts


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{% include note.html %}\nText.", ["Text."]),
        ("Before {% raw %}and{% endraw %} after.", ["Before and after."]),
        ("{% comment %}\nsecret\n{% endcomment %}\nText.", ["Text."]),
        ("A [link]({{ '/plan/' | url }}) here.", ["A link here."]),
        ("A [link]({{ site.url }}/plan) here.", ["A link here."]),
        ("{{< youtube abc >}}\nText.", ["Text."]),
        ("Text.\n{: .note}", ["Text."]),
        ("## Head{#anchor}\n\nText.", ["Head", "Text."]),
        ("Write `{% include x %}` there.", ["Write {% include x %} there."]),
        ("Dear {{ first_name }}, begin.", ["Dear {{ first_name }}, begin."]),
        ("```\n{% include x %}\n```\n\nText.", ["{% include x %}", "Text."]),
    ],
)
def test_marks_go_and_what_they_stand_in_stays(raw: str, expected: list[str]) -> None:
    assert texts(raw, "md") == expected


def test_a_tag_on_a_line_of_its_own_does_not_end_the_table_around_it() -> None:
    page = (
        "<table>\n<tr><td>\n   {% highlight css %}\n     a { }\n   {% endhighlight %}\n</td><td>Yes</td></tr>\n</table>"
    )
    assert kinds(page, "md") == [("table", "a { } | Yes")]
