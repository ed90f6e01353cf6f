"""A conversation remembers danger for a while, and forgets it only over turns or by a human."""

import json

from coaching.safety.redflags.judging import in_talk
from coaching.safety.redflags.pattern import QUIET_TURNS, Pattern, Said, Tone
from coaching.safety.topics import Severity, Topic

QUIET = {topic: Said(0.01) for topic in Topic}
GRAVE = QUIET | {Topic.SUICIDE: Said(0.95, Severity.HIGH)}


def test_what_was_said_is_remembered_when_the_next_message_is_harmless() -> None:
    pattern = Pattern().after(GRAVE, Tone())
    assert in_talk(None, pattern, Topic.SUICIDE, Said(0.01), Tone()) is Severity.HIGH


def test_a_retraction_does_not_clear_it() -> None:
    pattern = Pattern().after(GRAVE, Tone()).after(QUIET, Tone(retracts=True))
    assert pattern.of(Topic.SUICIDE).worst is Severity.HIGH
    assert pattern.retractions == 1


def test_it_sinks_one_step_after_quiet_turns() -> None:
    pattern = Pattern().after(GRAVE, Tone())
    for _ in range(QUIET_TURNS):
        pattern = pattern.after(QUIET, Tone())
    assert pattern.of(Topic.SUICIDE).worst is Severity.ELEVATED


def test_a_human_can_clear_one_topic() -> None:
    pattern = Pattern().after(GRAVE | {Topic.SELF_HARM: Said(0.9, Severity.HIGH)}, Tone()).cleared(Topic.SUICIDE)
    assert pattern.of(Topic.SUICIDE).worst is Severity.NONE
    assert pattern.of(Topic.SELF_HARM).worst is Severity.HIGH


def test_repeated_hints_add_up() -> None:
    pattern, hint = Pattern(), QUIET | {Topic.SUICIDE: Said(0.3)}
    rows = []
    for _ in range(4):
        rows.append(pattern.row(Topic.SUICIDE, hint[Topic.SUICIDE], Tone())[3])
        pattern = pattern.after(hint, Tone(gloom=0.5))
    assert rows == sorted(rows)
    assert rows[0] < rows[-1]


def test_after_500_turns_the_state_is_as_small_as_after_one() -> None:
    pattern = Pattern()
    for _ in range(500):
        pattern = pattern.after(GRAVE, Tone(gloom=1, retracts=True))
    stored = json.dumps(pattern.to_json())
    assert len(stored) < 500
    assert pattern.of(Topic.SUICIDE).recent < 10


def test_the_state_survives_storage() -> None:
    pattern = Pattern().after(GRAVE, Tone(gloom=0.5, retracts=True)).after(QUIET, Tone())
    stored = json.loads(json.dumps(pattern.to_json()))
    again = Pattern.from_json(stored)
    assert again.to_json() == stored
    assert again.of(Topic.SUICIDE).worst is Severity.HIGH
