"""Where people in danger find help: per country, dated, with the source of every number.

A number stands in `resources.json` only if a source that is named there confirms it. What could not be confirmed is
left out; the emergency number and an international directory stand in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coaching.errors import Invalid

RESOURCES: Final = "resources.json"
Kind = Literal[
    "emergency", "police", "suicide", "text", "domestic_violence", "eating_disorders", "substance", "directory"
]
"""What a resource is for. `emergency` sends help; `police` stands beside it where that is another number."""
CountryCode = str
"""ISO 3166-1 alpha-2, capitals; empty where the country is not known."""

_COUNTRY = r"^[A-Z]{2}$"
_NUMBER = r"^(\+|\()?[0-9][0-9() -]{1,18}$"
_URL = r"^https?://[a-z0-9.-]+\.[a-z]{2,}(/[^\s]*)?$"
_HOURS = r"^(24/7|[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9])$"
_LANGUAGE = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


@dataclass(frozen=True, slots=True)
class Resource:
    """One place to turn to.

    `phone` is dialled as written within the country. `text` is a number that takes text messages, `keyword` the first
    word to send there. `hours` are `24/7` or those of every day, local time (`08:00-24:00`); empty where they are not
    known or not the same every day. `languages` are ISO 639-1. `note` is for those who verify, not for users.
    """

    kinds: tuple[Kind, ...]
    name: str
    languages: tuple[str, ...]
    source: str
    read_on: date
    phone: str = ""
    text: str = ""
    keyword: str = ""
    whatsapp: str = ""
    url: str = ""
    hours: str = ""
    note: str = ""

    @property
    def contacts(self) -> tuple[str, ...]:
        """Every number and address of it."""
        return tuple(contact for contact in (self.phone, self.text, self.whatsapp, self.url) if contact)


@dataclass(frozen=True, slots=True)
class Registry:
    """All resources. `names` are the names of each country in several languages, for `named_country`."""

    version: str = ""
    countries: Mapping[CountryCode, tuple[Resource, ...]] = field(default_factory=dict)
    directories: tuple[Resource, ...] = ()
    names: Mapping[CountryCode, tuple[str, ...]] = field(default_factory=dict)

    def of(self, country: CountryCode, *kinds: Kind) -> tuple[Resource, ...]:
        """Return what a country has of these kinds, kind by kind; nothing for a country that is not listed."""
        listed = self.countries.get(country, ())
        found = [resource for kind in kinds for resource in listed if kind in resource.kinds]
        return tuple(dict.fromkeys(found))

    def contacts(self, country: CountryCode = "") -> tuple[str, ...]:
        """Return every number and address of one country, or of all where none is named, and of the directories."""
        countries: Iterable[tuple[Resource, ...]] = (
            [self.countries.get(country, ())] if country else self.countries.values()
        )
        listed = [resource for resources in countries for resource in resources]
        return tuple(
            dict.fromkeys(contact for resource in (*listed, *self.directories) for contact in resource.contacts)
        )

    def entries(self) -> Iterator[tuple[CountryCode, Resource]]:
        """Yield every resource with its country; directories come with an empty one."""
        for country, resources in self.countries.items():
            for resource in resources:
                yield country, resource
        for resource in self.directories:
            yield "", resource


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: tuple[Kind, ...] = Field(min_length=1)
    name: str = Field(min_length=2, max_length=80)
    languages: tuple[_LANGUAGE, ...] = Field(min_length=1)
    source: str = Field(pattern=_URL)
    read_on: date
    phone: str = Field(default="", pattern=f"{_NUMBER}|^$")
    text: str = Field(default="", pattern=f"{_NUMBER}|^$")
    keyword: str = Field(default="", pattern=r"^[A-Z]{0,12}$")
    whatsapp: str = Field(default="", pattern=f"{_NUMBER}|^$")
    url: str = Field(default="", pattern=f"{_URL}|^$")
    hours: str = Field(default="", pattern=f"{_HOURS}|^$")
    note: str = ""

    @model_validator(mode="after")
    def _can_be_reached(self) -> "_Entry":
        if not (self.phone or self.text or self.whatsapp or self.url):
            raise ValueError("neither a number nor an address")
        if self.keyword and not self.text:
            raise ValueError("a keyword without a number to send it to")
        if ("emergency" in self.kinds or "police" in self.kinds) and not self.phone:
            raise ValueError("an emergency without a number")
        return self

    def resource(self) -> Resource:
        return Resource(**self.model_dump())


class _Country(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[str, ...] = Field(min_length=1)
    resources: tuple[_Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_an_emergency_number(self) -> "_Country":
        if sum("emergency" in entry.kinds for entry in self.resources) != 1:
            raise ValueError("a country has exactly one emergency number")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: date
    directories: tuple[_Entry, ...] = Field(min_length=1)
    countries: dict[Annotated[str, Field(pattern=_COUNTRY)], _Country]


def from_json(text: str) -> Registry:
    """Return the registry that a file's text says. Raises: Invalid, with the place of what is malformed."""
    try:
        read = _File.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise Invalid(f"crisis resources: {place}: {first['msg']}", code="malformed_registry") from error
    return Registry(
        version=read.version.isoformat(),
        countries={code: tuple(entry.resource() for entry in body.resources) for code, body in read.countries.items()},
        directories=tuple(entry.resource() for entry in read.directories),
        names={code: body.names for code, body in read.countries.items()},
    )


@cache
def shipped_registry() -> Registry:
    """Return the registry that ships with the product. Raises: Invalid, OSError."""
    return from_json(files(__package__).joinpath(RESOURCES).read_text(encoding="utf-8"))
