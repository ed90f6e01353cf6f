"""Marks that a site generator (Jekyll, Eleventy, Hugo, kramdown) replaces before anybody reads a markdown file."""

import re

_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_TAG_ITSELF = r"(?:\{%[^%{}]{1,500}%\}|\{\{[<%][^<>{}]{1,500}[>%]\}\})"
# A line that would be left empty goes with its tag: it would end a table or a list around it.
_TAG = re.compile(rf"^[ \t]*{_TAG_ITSELF}[ \t]*\n|{_TAG_ITSELF}", re.MULTILINE)
_LINK_TARGET = re.compile(r"(?<=\]\()\s*\{\{[^{}\n]{1,500}\}\}[^\s()]{0,500}\s*(?=\))")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{1,300}\}|(?<=[^\s{])\{#[\w:.-]{1,200}\}|\{::[^{}\n]{1,300}\}")
_FENCED = re.compile(r"^( {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\2[`~]*[ \t]*$|\Z))", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`)(?:.(?!\n\n))*?[^`]\1(?!`)", re.DOTALL)


def without_site_marks(text: str) -> str:
    """Return the text without template tags, comments in them, and attribute lists; code keeps what it shows.

    A variable such as `{{ name }}` stays, except as a link's target: in a text it may be what the text is about.
    """
    if "{" not in text:
        return text
    pieces = _FENCED.split(text)
    # The pattern has two groups: text, fence, its mark, text and so on.
    return "".join(
        _outside_code(piece) if index % 3 == 0 else piece for index, piece in enumerate(pieces) if index % 3 != 2
    )


def _outside_code(text: str) -> str:
    shown = _COMMENT.sub("", text)
    pieces: list[str] = []
    at = 0
    for code in _CODE.finditer(shown):
        pieces += [_without(shown[at : code.start()]), code.group()]
        at = code.end()
    return "".join([*pieces, _without(shown[at:])])


def _without(text: str) -> str:
    return _ATTRIBUTES.sub("", _TAG.sub("", _LINK_TARGET.sub("", text)))
