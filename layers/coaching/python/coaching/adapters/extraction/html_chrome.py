"""What surrounds the content of an HTML page, by tag, role and name."""

from collections.abc import Mapping

_CHROME = (
    "nav footer aside script style template noscript svg iframe object canvas audio video button select textarea "
    "datalist map rp rt"
)
_NAMED_CHROME = (
    "nav navbar navigation main-menu site-nav main-nav topnav breadcrumb breadcrumbs sidebar site-header site-footer "
    "cookie-banner cookie-consent cookie-notice share-buttons social-share social-links sharedaddy skip-link "
    "skip-to-content pagination pager related-posts newsletter-signup advertisement"
)
_CHROME_TAGS = frozenset(_CHROME.split())
_CHROME_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"})
_CHROME_NAMES = frozenset(_NAMED_CHROME.split())
_NAMED_CHROME_TAGS = frozenset({"div", "ul", "ol", "section", "a"})


def is_chrome(tag: str, role: str, attributes: Mapping[str, str], *, in_body: bool) -> bool:
    """Say whether an element is a menu, a side column, a form's control and the like. `in_body`: in no article."""
    if tag in _CHROME_TAGS or role in _CHROME_ROLES:
        return True
    if tag in _NAMED_CHROME_TAGS and not _CHROME_NAMES.isdisjoint(_names(attributes)):
        return True
    # The header of an article holds its title; a page's header holds the site's menu.
    return (tag == "header" and in_body) or (tag == "dialog" and "open" not in attributes)


def _names(attributes: Mapping[str, str]) -> list[str]:
    """Return an element's class names and id, which say on most pages what a plain box is for."""
    return f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().replace("_", "-").split()


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Say whether an element's own attributes hide it from its readers."""
    hidden = "hidden" in attributes and attributes["hidden"].lower() != "until-found"
    return hidden or attributes.get("aria-hidden", "").strip().lower() == "true"
