"""What a user in danger is told while something that care needs is broken."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coaching.conversation.ask_coach import whole
from coaching.errors import Invalid, StorageUnavailable
from coaching.safety.crisis.registry import Registry, shipped_registry
from coaching.safety.escalation.record import Escalation
from coaching.safety.redflags.weights import Weights, WeightsUnusable, unpacked
from coaching.vocabulary import Turn
from tests.conversation.conftest import DEMO, WHO, Coaching

PLAIN = "I want to kill myself"
CALM = "An ember takes how many minutes?"


def said(coaching: Coaching, text: str) -> Turn:
    return whole(coaching.coach()(WHO, coaching.conversation_id, text))


def living_in(coaching: Coaching, locale: str) -> None:
    coaching.profiles.save(replace(coaching.profiles.get(DEMO, WHO.user_id), locale=locale))


def missing() -> Weights:
    raise WeightsUnusable("weights.npz cannot be read.")


def damaged() -> Weights:
    return unpacked(b"PK\x03\x04 and nothing else")


@pytest.mark.parametrize("weights", [missing, damaged])
def test_without_the_classifiers_file_the_rules_decide_and_the_turn_says_so(
    coaching: Coaching, weights: Callable[[], Weights]
) -> None:
    coaching.care = replace(coaching.care, weights=weights)
    turn = said(coaching, PLAIN)
    assert turn.reply.kind == "crisis"
    assert turn.danger is not None
    assert (turn.danger.degraded, turn.danger.topics[0]) == ("no_weights", "suicide")
    assert coaching.care.escalations.current(DEMO, WHO.user_id) is not None


@pytest.mark.parametrize("weights", [missing, damaged])
def test_nor_does_it_make_danger_of_everything(coaching: Coaching, weights: Callable[[], Weights]) -> None:
    coaching.care = replace(coaching.care, weights=weights)
    assert said(coaching, CALM).reply.kind == "quote"


def without_the_us() -> Registry:
    registry = shipped_registry()
    return replace(registry, countries={code: each for code, each in registry.countries.items() if code != "US"})


def test_in_a_country_that_the_registry_lacks_a_directory_stands_in(coaching: Coaching) -> None:
    living_in(coaching, "en-US")
    numbers = [line.phone for line in shipped_registry().of("US", "suicide", "emergency") if line.phone]
    coaching.care = replace(coaching.care, registry=without_the_us)
    text = said(coaching, PLAIN).reply.text
    assert "call the emergency number of the place where you are" in text
    assert any(contact in text for directory in shipped_registry().directories for contact in directory.contacts)
    assert not any(number in text for number in numbers)


def unreadable() -> Registry:
    raise Invalid("resources.json is malformed.")


def gone() -> Registry:
    raise FileNotFoundError("resources.json")


@pytest.mark.parametrize("registry", [unreadable, gone])
def test_without_the_registry_the_words_alone_are_said(coaching: Coaching, registry: Callable[[], Registry]) -> None:
    living_in(coaching, "en-US")
    coaching.care = replace(coaching.care, registry=registry)
    turn = said(coaching, PLAIN)
    assert "call the emergency number of the place where you are" in turn.reply.text
    assert not any(map(str.isdigit, turn.reply.text))
    assert turn.escalation_id


def test_what_cannot_be_escalated_is_answered_all_the_same_and_nobody_is_promised(
    coaching: Coaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object, __: Escalation) -> bool:
        raise StorageUnavailable("The table does not answer.")

    monkeypatch.setattr(type(coaching.care.escalations), "create", away)
    turn = said(coaching, PLAIN)
    assert (turn.reply.kind, turn.escalation_id) == ("crisis", None)
    assert "has been told" not in turn.reply.text
