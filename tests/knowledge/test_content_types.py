"""The kinds of file that are accepted."""

import pytest

from coaching.errors import UnsupportedType
from coaching.knowledge.content_types import SUPPORTED, TEXT_LIMIT_BYTES, require_supported


@pytest.mark.parametrize("content_type", [*SUPPORTED, "text/plain; charset=utf-8", "Text/Markdown ;variant=GFM"])
def test_supported_types_pass_whatever_their_parameters(content_type: str) -> None:
    require_supported(content_type)


@pytest.mark.parametrize(
    "content_type", ["", "image/png", "text", "text/plainer", "application/msword", "; charset=utf-8"]
)
def test_other_types_are_refused_with_the_list_of_those_supported(content_type: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        require_supported(content_type)
    assert all(name in caught.value.message for name in SUPPORTED)
    assert ".docx" in caught.value.message


def test_the_limit_is_25_mebibytes() -> None:
    assert TEXT_LIMIT_BYTES == 26_214_400
