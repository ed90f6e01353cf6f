"""What is said to somebody in a crisis: approved lines and confirmed resources, put together and never generated.

Pure: the same situation, templates and registry give the same reply, so whoever checks a reply composes it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from coaching.errors import Invalid
from coaching.safety.crisis.countries import country_of
from coaching.safety.crisis.registry import CountryCode, Kind, Registry, Resource
from coaching.safety.crisis.templates import Templates
from coaching.safety.topics import Severity, Topic

Human = Literal["not_asked", "told", "nobody"]
"""`told`: somebody on call was notified. `nobody`: nobody is on call, which the user is told at once."""
About = Literal["user", "someone_else"]

_LINES_FOR: Final[dict[Topic, tuple[Kind, ...]]] = {
    Topic.SUICIDE: ("suicide", "text"),
    Topic.SELF_HARM: ("suicide", "text"),
    Topic.ACUTE_CRISIS: ("suicide", "text"),
    Topic.EATING_DISORDERS: ("eating_disorders",),
    Topic.SUBSTANCE_ABUSE: ("substance",),
    Topic.DOMESTIC_VIOLENCE: ("domestic_violence",),
}
_ANY_CRISIS: Final[tuple[Kind, ...]] = ("suicide", "text")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a crisis reply is due.

    `also` are further topics that were seen. `country` is where the user is (ISO 3166-1 alpha-2) if they said so;
    empty, it is the region of `locale` (`de-AT`), and where that names none it is not known. `retracted`: the last
    message takes an earlier one back.
    """

    topic: Topic
    severity: Severity
    locale: str = "en"
    country: CountryCode = ""
    about: About = "user"
    also: tuple[Topic, ...] = ()
    retracted: bool = False
    human: Human = "not_asked"

    @property
    def urgent(self) -> bool:
        """Whether help is named before anything else."""
        return self.severity >= Severity.HIGH

    @property
    def topics(self) -> tuple[Topic, ...]:
        """All topics, the first one foremost."""
        return tuple(dict.fromkeys((self.topic, *self.also)))

    @property
    def place(self) -> CountryCode:
        """Where the user is, or nothing."""
        return self.country.upper() or country_of(self.locale)


@dataclass(frozen=True, slots=True)
class CrisisReply:
    """The reply, paragraph by paragraph, with the resources that it gives and the words' approval, for the record."""

    paragraphs: tuple[str, ...]
    resources: tuple[Resource, ...]
    country: CountryCode
    approval: str
    registry_version: str

    @property
    def text(self) -> str:
        """The reply as the user reads it."""
        return "\n\n".join(self.paragraphs)


def crisis_reply(situation: Situation, templates: Templates, registry: Registry) -> CrisisReply:
    """Return the approved reply to a situation. Raises: Invalid where there is no crisis.

    With an empty registry it says to call the emergency number of the place, without naming one.
    """
    if situation.severity <= Severity.NONE:
        raise Invalid("there is no crisis reply without a crisis", code="no_crisis")
    resources = resources_for(situation, registry, templates.locale)
    return CrisisReply(
        paragraphs=tuple(_paragraphs(situation, templates, registry, resources)),
        resources=resources,
        country=situation.place,
        approval=templates.approval,
        registry_version=registry.version,
    )


def listening(situation: Situation, templates: Templates) -> str:
    """Return what is said while a human is awaited and nothing new was seen: it listens, and gives nobody's lesson."""
    lines = templates.lines
    who = situation.topic.value if situation.about == "user" else "third"
    told = [] if situation.human == "not_asked" else [lines[f"human.{situation.human}"]]
    return "\n\n".join([lines[f"{who}.gentle"], *told, lines[f"{who}.ask"]])


def resources_for(situation: Situation, registry: Registry, language: str) -> tuple[Resource, ...]:
    """Return where the user is sent, most urgent first; lines that speak `language` before others.

    An emergency number and the directories stand in for a line that the country does not have.
    """
    place, violent = situation.place, Topic.DOMESTIC_VIOLENCE in situation.topics
    kinds = [kind for topic in situation.topics for kind in _LINES_FOR[topic]]
    found = registry.of(place, *kinds)
    complete = bool(registry.of(place, *_LINES_FOR[situation.topic]))
    if situation.urgent and not violent:
        found = tuple(dict.fromkeys((*found, *registry.of(place, *_ANY_CRISIS))))
    spoken = sorted(found, key=lambda resource: language not in resource.languages)
    first = registry.of(place, *(("police", "emergency") if violent else ("emergency",)))
    return (
        *(first if situation.urgent or not complete else ()),
        *spoken,
        *(() if complete else registry.directories),
    )


def rendered(resource: Resource, templates: Templates) -> str:
    """Return a resource as one line: its name, then every way to reach it."""
    for kind in ("emergency", "police"):
        if kind in resource.kinds:
            return f"{templates.lines[f'label.{kind}']}: {resource.name}"
    ways = [resource.phone, _texting(resource, templates), resource.whatsapp and f"WhatsApp {resource.whatsapp}"]
    ways += [resource.hours, resource.url]
    return f"{resource.name}: {', '.join(way for way in ways if way)}"


def _texting(resource: Resource, templates: Templates) -> str:
    if not resource.text:
        return ""
    label = templates.lines["label.text_keyword" if resource.keyword else "label.text"]
    return label.format(keyword=resource.keyword, number=resource.text)


def _paragraphs(
    situation: Situation, templates: Templates, registry: Registry, resources: tuple[Resource, ...]
) -> Iterator[str]:
    lines, place = templates.lines, situation.place
    violent = Topic.DOMESTIC_VIOLENCE in situation.topics
    if situation.retracted:
        yield lines["retraction"]
    yield lines[_opening(situation)]
    if violent and situation.about == "user":
        yield lines["violence.exit"]
    if place not in registry.countries:
        yield lines["local_emergency"]
    if resources:
        intro = lines["help.urgent" if situation.urgent else "help.gentle"]
        yield "\n".join([intro, *(f"- {rendered(resource, templates)}" for resource in resources)])
    if not place:
        yield lines["where"]
    if situation.human != "not_asked":
        yield lines[f"human.{situation.human}"]
    yield lines[_question(situation)]


def _opening(situation: Situation) -> str:
    degree = situation.severity.name.lower() if situation.urgent else "gentle"
    if situation.about == "user":
        return f"{situation.topic.value}.{degree}"
    if situation.topic is Topic.DOMESTIC_VIOLENCE and situation.severity < Severity.IMMINENT:
        return "third.violence"
    return f"third.{degree}"


def _question(situation: Situation) -> str:
    if situation.retracted:
        return "retraction.ask"
    who = situation.topic.value if situation.about == "user" else "third"
    return f"{who}.{'urgent_ask' if situation.urgent else 'ask'}"
