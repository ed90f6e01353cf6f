"""What somebody in a crisis reads: approved words, confirmed resources, one question."""

from dataclasses import replace
from itertools import product

import pytest

from coaching.errors import Invalid
from coaching.safety.contacts import foreign_contacts
from coaching.safety.crisis.registry import Registry, shipped_registry
from coaching.safety.crisis.replies import About, CrisisReply, Human, Situation, crisis_reply
from coaching.safety.crisis.templates import LANGUAGES, language_of, shipped_templates
from coaching.safety.topics import Severity, Topic

REGISTRY = shipped_registry()
EN = shipped_templates("en").lines
GRAVE = (Severity.HIGH, Severity.IMMINENT)
SEVERITIES = tuple(severity for severity in Severity if severity > Severity.NONE)


def _reply(situation: Situation, registry: Registry = REGISTRY) -> CrisisReply:
    return crisis_reply(situation, shipped_templates(language_of(situation.locale)), registry)


def _kinds(reply: CrisisReply) -> list[str]:
    return [resource.kinds[0] for resource in reply.resources]


SITUATIONS = [
    Situation(topic, severity, locale, about=about, retracted=retracted, human=human)
    for topic, severity, locale, about, retracted, human in product(
        Topic,
        SEVERITIES,
        ("en-US", "de-AT", "fr-BE", "nb-NO", "tr-TR", "en", "xx-KE", "pt"),
        tuple[About, ...](("user", "someone_else")),
        (False, True),
        tuple[Human, ...](("not_asked", "nobody")),
    )
]


def test_every_situation_has_an_answer_with_one_question_at_its_end() -> None:
    for situation in SITUATIONS:
        reply = _reply(situation)
        assert reply.text.count("?") == 1, situation
        assert reply.text.endswith("?"), situation
        assert all(reply.paragraphs), situation


def test_every_number_of_a_reply_stands_in_the_registry() -> None:
    for situation in SITUATIONS:
        reply = _reply(situation)
        assert foreign_contacts(reply.text, REGISTRY.contacts(situation.place or "--")) == (), situation


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_speaks_in_every_situation(language: str) -> None:
    for topic, severity in product(Topic, SEVERITIES):
        reply = _reply(Situation(topic, severity, language, country="GB"))
        assert reply.approval.startswith(f"{language}/")
        assert "999" in reply.text or severity not in GRAVE


def test_the_same_situation_has_the_same_reply() -> None:
    assert all(_reply(situation) == _reply(situation) for situation in SITUATIONS[::7])


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("severity", GRAVE)
def test_grave_danger_is_answered_with_the_emergency_number_first(topic: Topic, severity: Severity) -> None:
    reply = _reply(Situation(topic, severity, "en-US"))
    assert _kinds(reply)[0] == "emergency"
    assert "- Emergency number: 911" in reply.text


@pytest.mark.parametrize(
    ("topic", "line"),
    [
        (Topic.SUICIDE, "- 988 Suicide & Crisis Lifeline: 988, text 988, 24/7, https://988lifeline.org"),
        (Topic.SELF_HARM, "988 Suicide & Crisis Lifeline"),
        (Topic.ACUTE_CRISIS, "988 Suicide & Crisis Lifeline"),
        (Topic.DOMESTIC_VIOLENCE, "National Domestic Violence Hotline: 800-799-7233, text START to 88788"),
        (Topic.EATING_DISORDERS, "ANAD Eating Disorders Helpline"),
        (Topic.SUBSTANCE_ABUSE, "SAMHSA National Helpline: 1-800-662-4357"),
    ],
)
def test_each_topic_has_its_own_line_at_every_severity(topic: Topic, line: str) -> None:
    for severity in SEVERITIES:
        assert line in _reply(Situation(topic, severity, "en-US")).text


def test_a_faint_sign_is_met_gently_and_without_an_alarm() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.LOW, "en-US"))
    assert reply.paragraphs[0] == EN["suicide.gentle"]
    assert "911" not in reply.text
    assert reply.paragraphs[-1] == EN["suicide.ask"]


def test_low_elevated_high_and_imminent_are_told_apart() -> None:
    openings = [_reply(Situation(Topic.SUICIDE, severity, "en-US")).paragraphs[0] for severity in SEVERITIES]
    assert openings == [EN["suicide.gentle"], EN["suicide.gentle"], EN["suicide.high"], EN["suicide.imminent"]]


def test_where_a_country_has_no_line_the_emergency_number_and_a_directory_stand_in() -> None:
    reply = _reply(Situation(Topic.EATING_DISORDERS, Severity.ELEVATED, "tr-TR"))
    assert _kinds(reply) == ["emergency", "directory", "directory"]


def test_a_crisis_line_stands_beside_a_missing_one_when_it_is_urgent() -> None:
    reply = _reply(Situation(Topic.EATING_DISORDERS, Severity.HIGH, "es-ES"))
    assert _kinds(reply) == ["emergency", "suicide", "directory", "directory"]


@pytest.mark.parametrize("severity", SEVERITIES)
def test_an_unknown_country_is_asked_for_and_a_directory_given(severity: Severity) -> None:
    reply = _reply(Situation(Topic.SUICIDE, severity, "en"))
    assert EN["where"] in reply.paragraphs
    assert EN["local_emergency"] in reply.paragraphs
    assert _kinds(reply) == ["directory", "directory"]
    assert "988" not in reply.text


def test_a_country_that_is_not_listed_is_not_asked_for_again() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "en-US", country="KE"))
    assert EN["where"] not in reply.paragraphs
    assert EN["local_emergency"] in reply.paragraphs
    assert "988" not in reply.text
    assert reply.country == "KE"


def test_the_country_that_the_user_names_counts_more_than_their_locale() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "en-US", country="gb"))
    assert "Samaritans: 116 123" in reply.text
    assert "988" not in reply.text


def test_an_unknown_language_is_answered_in_english_with_the_help_of_the_country() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "ja-JP"))
    assert reply.paragraphs[0] == EN["suicide.high"]
    assert "0120-279-338" in reply.text


def test_lines_that_speak_the_users_language_come_first() -> None:
    french = [resource.phone for resource in _reply(Situation(Topic.SUICIDE, Severity.HIGH, "fr-BE")).resources]
    dutch = [resource.phone for resource in _reply(Situation(Topic.SUICIDE, Severity.HIGH, "nl-BE")).resources]
    assert french == ["112", "0800 32 123", "1813"]
    assert dutch == ["112", "1813", "0800 32 123"]


@pytest.mark.parametrize("topic", Topic)
def test_a_message_about_a_friend_gets_help_for_the_friend(topic: Topic) -> None:
    reply = _reply(Situation(topic, Severity.HIGH, "en-US", about="someone_else"))
    assert reply.paragraphs[0] == EN["third.violence" if topic is Topic.DOMESTIC_VIOLENCE else "third.high"]
    assert reply.paragraphs[-1] == EN["third.urgent_ask"]
    assert "911" in reply.text


def test_a_friend_in_imminent_danger_is_a_case_for_the_emergency_number() -> None:
    for topic in Topic:
        reply = _reply(Situation(topic, Severity.IMMINENT, "en-US", about="someone_else"))
        assert reply.paragraphs[0] == EN["third.imminent"]


@pytest.mark.parametrize("severity", SEVERITIES)
def test_violence_at_home_is_answered_with_a_way_out_of_the_conversation(severity: Severity) -> None:
    reply = _reply(Situation(Topic.DOMESTIC_VIOLENCE, severity, "en-US"))
    assert reply.paragraphs[1] == EN["violence.exit"]
    asked = "domestic_violence.urgent_ask" if severity in GRAVE else "domestic_violence.ask"
    assert reply.paragraphs[-1] == EN[asked]


def test_violence_that_was_seen_beside_another_topic_counts_too() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "en-US", also=(Topic.DOMESTIC_VIOLENCE, Topic.SUICIDE)))
    assert EN["violence.exit"] in reply.paragraphs
    assert {"suicide", "domestic_violence"} <= set(_kinds(reply))


def test_for_violence_the_police_come_before_the_ambulance() -> None:
    assert _kinds(_reply(Situation(Topic.DOMESTIC_VIOLENCE, Severity.HIGH, "nb-NO")))[:2] == ["police", "emergency"]
    assert _kinds(_reply(Situation(Topic.SUICIDE, Severity.HIGH, "nb-NO")))[0] == "emergency"


def test_what_is_taken_back_does_not_clear_by_itself() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "en-US", retracted=True))
    assert reply.paragraphs[0] == EN["retraction"]
    assert "988" in reply.text
    assert reply.paragraphs[-1] == EN["retraction.ask"]


def test_the_user_is_told_at_once_whether_a_human_will_look() -> None:
    asked = Situation(Topic.SUICIDE, Severity.HIGH, "en-US")
    assert EN["human.told"] in _reply(replace(asked, human="told")).paragraphs
    assert EN["human.nobody"] in _reply(replace(asked, human="nobody")).paragraphs
    assert not {EN["human.told"], EN["human.nobody"]} & set(_reply(asked).paragraphs)


def test_the_reply_says_which_words_and_which_resources_it_gave() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.HIGH, "de-AT"))
    assert reply.approval == "de/1/shipped"
    assert reply.registry_version == REGISTRY.version
    assert [resource.name for resource in reply.resources] == ["112", "Telefonseelsorge"]


def test_without_a_registry_the_words_still_send_to_the_emergency_number() -> None:
    reply = _reply(Situation(Topic.SUICIDE, Severity.IMMINENT, "en-US"), Registry())
    assert reply.paragraphs == (EN["suicide.imminent"], EN["local_emergency"], EN["suicide.urgent_ask"])


def test_where_there_is_no_crisis_there_is_no_crisis_reply() -> None:
    with pytest.raises(Invalid):
        _reply(Situation(Topic.SUICIDE, Severity.NONE))
