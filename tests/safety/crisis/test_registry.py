"""Every number that is given in a crisis was confirmed, and not too long ago."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from coaching.errors import Invalid
from coaching.safety import crisis
from coaching.safety.crisis.registry import RESOURCES, Registry, Resource, from_json, shipped_registry
from training.verify_resources import by_age, outdated

REGISTRY = shipped_registry()
ENTRIES = list(REGISTRY.entries())
TEMPLATE_COUNTRIES = ("GB", "CZ", "DK", "DE", "ES", "FI", "FR", "IT", "NO", "NL", "PL", "PT", "SE", "TR")
"""Where the languages of the templates are spoken."""


def test_no_entry_is_older_than_a_year() -> None:
    # Meant to fail a year after somebody last looked: `python -m training.verify_resources` says what to look at.
    late = [entry.line for entry in outdated(by_age(REGISTRY, datetime.now(UTC).date()))]
    assert not late, "\n".join(late)


def test_at_least_twenty_countries_have_an_emergency_number() -> None:
    assert len(REGISTRY.countries) >= 20
    assert all(len(REGISTRY.of(country, "emergency")) == 1 for country in REGISTRY.countries)


@pytest.mark.parametrize("country", TEMPLATE_COUNTRIES)
def test_where_a_template_is_spoken_there_is_help(country: str) -> None:
    assert REGISTRY.of(country, "emergency")
    assert REGISTRY.of(country, "domestic_violence")


@pytest.mark.parametrize(("country", "resource"), ENTRIES, ids=[f"{c or 'all'}-{r.name}" for c, r in ENTRIES])
def test_every_entry_names_its_source_and_a_way_to_be_reached(country: str, resource: Resource) -> None:
    assert resource.source.startswith("http")
    assert resource.contacts
    assert "\n" not in resource.name
    if "emergency" in resource.kinds or "police" in resource.kinds:
        assert resource.phone in resource.name, "an emergency is shown by its name alone"


def test_nobody_is_sent_to_a_number_that_was_replaced() -> None:
    replaced = {"1-800-273-8255", "1-833-456-4566", "08000 116 016", "199 284 284", "0900-0113", "1800-221 4444"}
    given = {contact for _, resource in ENTRIES for contact in resource.contacts}
    assert not replaced & given


def test_kinds_are_given_in_the_order_asked_for_and_a_resource_once() -> None:
    kinds = [resource.kinds[0] for resource in REGISTRY.of("GB", "text", "suicide", "emergency")]
    assert kinds == ["text", "suicide", "emergency"]
    assert len(REGISTRY.of("US", "suicide", "text")) == 1


def test_a_country_that_is_not_listed_has_nothing() -> None:
    assert REGISTRY.of("KE", "emergency", "suicide") == ()
    assert "988" not in REGISTRY.contacts("KE")
    assert "https://findahelpline.com" in REGISTRY.contacts("KE")


def test_contacts_of_all_countries_are_known_where_none_is_named() -> None:
    assert {"988", "116 123", "https://findahelpline.com"} <= set(REGISTRY.contacts())


def _text(change: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(files(crisis).joinpath(RESOURCES).read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content)


def _first(content: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = content["countries"]["US"]["resources"][1]
    return entry


@pytest.mark.parametrize(
    "change",
    [
        lambda content: _first(content).pop("source"),
        lambda content: _first(content).pop("read_on"),
        lambda content: _first(content).update(read_on="last year"),
        lambda content: _first(content).update(source="a friend"),
        lambda content: _first(content).update(phone="call us"),
        lambda content: _first(content).update(phone="9"),
        lambda content: _first(content).update(url="example"),
        lambda content: _first(content).update(hours="around the clock"),
        lambda content: _first(content).update(languages=[]),
        lambda content: _first(content).update(kinds=["pizza"]),
        lambda content: _first(content).update(phone="", text="", url=""),
        lambda content: _first(content).update(text="", keyword="HOME"),
        lambda content: _first(content).update(unknown=1),
        lambda content: content["countries"]["US"]["resources"].pop(0),
        lambda content: content["countries"].update({"usa": content["countries"]["US"]}),
        lambda content: content.update(directories=[]),
        lambda content: content.pop("countries"),
    ],
)
def test_a_malformed_registry_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Invalid) as refused:
        from_json(_text(change))
    assert refused.value.code == "malformed_registry"


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(Invalid):
        from_json("{")


def test_an_empty_registry_knows_nothing_and_breaks_nothing() -> None:
    assert Registry().of("US", "emergency") == ()
    assert Registry().contacts() == ()
