"""What the rules find, and what surrounds it."""

import pytest

from coaching.safety.redflags import rules
from coaching.safety.redflags.normal import plain
from coaching.safety.redflags.rule_book import Rule, book, plain_words
from coaching.safety.redflags.rules import Findings, find
from coaching.safety.topics import Severity, Topic


def found(text: str) -> Findings:
    return find(plain(text))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I want to kill myself", Topic.SUICIDE),
        ("I don't want to wake up tomorrow", Topic.SUICIDE),
        ("everyone would be better off without me", Topic.SUICIDE),
        ("I cut myself again last night", Topic.SELF_HARM),
        ("I make myself throw up after dinner", Topic.EATING_DISORDERS),
        ("I haven't eaten in four days", Topic.EATING_DISORDERS),
        ("I can't stop drinking", Topic.SUBSTANCE_ABUSE),
        ("I relapsed on heroin", Topic.SUBSTANCE_ABUSE),
        ("he hits me when he is drunk", Topic.DOMESTIC_VIOLENCE),
        ("my husband said he'll kill me if I leave", Topic.DOMESTIC_VIOLENCE),
        ("the voices tell me what to do", Topic.ACUTE_CRISIS),
        ("I haven't slept for five days", Topic.ACUTE_CRISIS),
    ],
)
def test_danger_in_plain_words_is_found(text: str, topic: Topic) -> None:
    assert found(text).worst(topic, "self") >= Severity.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "this workout is killing me",
        "I could kill for a coffee",
        "I'm dying to try your plan",
        "we did suicide sprints today",
        "I died laughing",
        "I shot myself in the foot with that plan",
        "my legs are dead",
        "I'm cutting carbs again",
        "you killed it in that interview",
        "I'm addicted to running",
        "I beat my personal record",
        "hang in there",
        "we binged the whole season",
    ],
)
def test_an_idiom_is_no_danger(text: str) -> None:
    assert not found(text).hits


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("I do not want to kill myself", "denied"),
        ("I'm not going to kill myself", "denied"),
        ("in the book the hero says: I want to kill myself", "told"),
        ("years ago I tried to kill myself", "past"),
        ("I used to cut myself, three years clean now", "recovery"),
        ("I want to kill myself lol", "joking"),
    ],
)
def test_scope_lowers_what_is_said(text: str, scope: str) -> None:
    hits = found(text).hits
    assert any(scope in hit.scope for hit in hits)
    assert all(hit.severity < Severity.HIGH for hit in hits if hit.about == "self")


def test_a_double_denial_is_none() -> None:
    assert found("I can't stop thinking about killing myself").worst(Topic.SUICIDE, "self") is Severity.HIGH


def test_a_denied_addiction_is_no_addiction() -> None:
    assert found("I'm not an alcoholic").worst(Topic.SUBSTANCE_ABUSE, "self") is Severity.NONE


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("my friend wants to kill herself", "other"),
        ("my brother told me he wants to die", "other"),
        ("she said 'I want to die'", "other"),
        ("my friend left and I want to die", "self"),
        ("I told my mom that I want to die", "self"),
    ],
)
def test_the_user_is_told_from_somebody_else(text: str, about: str) -> None:
    assert {hit.about for hit in found(text).hits if hit.topic is Topic.SUICIDE} == {about}


@pytest.mark.parametrize(
    "text",
    [
        "chci se zabít", "jeg vil ikke leve", "ich will nicht mehr leben", "quiero morir", "haluan kuolla",
        "je veux mourir", "voglio morire", "jeg vil ikke leve mer", "ik wil dood", "chcę się zabić", "quero morrer",
        "jag vill inte leva", "ölmek istiyorum", "хочу умереть", "я хочу померти", "θέλω να πεθάνω", "أريد أن أموت",
        "אני רוצה למות", "मरना चाहता हूँ", "我想死", "死にたい", "죽고 싶어",
    ],
)  # fmt: skip
def test_the_plainest_words_of_danger_are_known_in_other_languages(text: str) -> None:
    assert found(text).worst(Topic.SUICIDE, "self") is Severity.HIGH


def test_cues_of_plan_means_time_and_goodbye_are_counted() -> None:
    cues = found("I have a plan and the pills are next to me. Tonight. Goodbye.").cues
    assert all(cues[name] for name in ("plan", "means", "time", "goodbye"))


def test_every_rule_has_its_own_id() -> None:
    ids = [rule.id for rule in (*book().rules, *plain_words())]
    assert len(set(ids)) == len(ids)


def test_many_hits_are_bounded() -> None:
    assert len(found("I want to kill myself. " * 800).hits) <= 60


@pytest.mark.parametrize(
    ("text", "topic", "least"),
    [
        ("I've been saving up my tablets", Topic.SUICIDE, Severity.HIGH),
        ("next time I'll do it properly", Topic.SUICIDE, Severity.HIGH),
        ("the gun is on the table", Topic.SUICIDE, Severity.IMMINENT),
        ("I sliced way too deep", Topic.SELF_HARM, Severity.HIGH),
        ("I can't keep food down and my heart is weird, I'm fainting", Topic.EATING_DISORDERS, Severity.HIGH),
        ("I took too much, help", Topic.SUBSTANCE_ABUSE, Severity.IMMINENT),
        ("he's here with a knife", Topic.DOMESTIC_VIOLENCE, Severity.IMMINENT),
        ("I'm afraid to go home tonight", Topic.DOMESTIC_VIOLENCE, Severity.HIGH),
        ("I'm standing in the traffic", Topic.ACUTE_CRISIS, Severity.IMMINENT),
    ],
)
def test_an_act_with_its_means_or_its_time_is_grave(text: str, topic: Topic, least: Severity) -> None:
    assert max(found(text).worst(topic, "self"), found(text).worst(topic, "other")) >= least


@pytest.mark.parametrize(
    "text", ["I took too much on at work", "I'm standing in the kitchen", "we picked a date for the wedding"]
)
def test_the_same_words_of_harmless_things_are_no_danger(text: str) -> None:
    assert not found(text).hits


def test_a_plan_with_a_time_is_near() -> None:
    assert found("I have a plan and tonight I will do it").near
    assert not found("I have a plan for the garden").near
    assert not found("see you tonight").near


def test_a_goodbye_beside_hopelessness_is_a_parting() -> None:
    assert found("Goodbye, there's no hope left").parting
    assert not found("Goodbye, see you on Monday").parting


def test_plain_words_of_other_languages_are_compiled_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted() -> tuple[Rule, ...]:
        asked.append("plain words")
        return ()

    monkeypatch.setattr(rules, "plain_words", counted)
    found("I was wondering what the plan for this week is")
    assert not asked
    found("ich bin so traurig")
    assert asked
