"""The prompt: instructions and creator, the person and their goals, what was said, then knowledge and the new message.

Knowledge comes after the history and is not kept in it. Everything before the knowledge of one turn is therefore the
beginning of the next turn's prompt, and an engine's prefix cache holds until a block of the history is dropped or the
creator, the profile or a goal changes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coaching.conversation.instructions import (
    INSTRUCTIONS,
    KNOWLEDGE,
    NO_GOALS,
    NO_SOURCES,
    NOTHING_KNOWN,
    PERSON,
)
from coaching.conversation.markers import without_markers
from coaching.conversation.window import BLOCK, coached
from coaching.models.ports import Message, Prompt
from coaching.profile.creator import Creator
from coaching.profile.user import Goal, UserProfile
from coaching.vocabulary import Place, Scalar, ScoredPassage, Turn

TEMPERATURE = 0.7
GOALS_KEPT = 3
"""The goals that a prompt has however short it is."""
_UNSEEN = range(0xE0000, 0xE01F0)
"""Tag characters and variation selectors: no reader sees them, and a model reads letters in them."""
_SIGNS = (
    {ord(sign): "‹" for sign in "<＜﹤≮"} | {ord(sign): "›" for sign in ">＞﹥≯"} | dict.fromkeys(_UNSEEN, "\ufffd")
)
"""What our delimiters and most control tokens are made of, and what tokenizers take for it after normalising."""
_BRACKETED = re.compile(
    r"\[\s*/?\s*(?:[A-Z]+_[A-Z_]+|INST|SYS|SYSTEM|USER|ASSISTANT|TOOL|BOS|EOS|CLS|SEP|[A-Z]?MASK)\s*\]",
    re.IGNORECASE,
)
"""Control tokens that chat templates write in square brackets, such as [INST] and [/TOOL_RESULTS]."""
_ROLE = re.compile(
    r"(?:^|[\n\r\v\f\x85\u2028\u2029])(?:[^\w\n\r\v\f\x85\u2028\u2029]|[\d_])*+(?:[a-z]{1,4}[.)\]][\W\d_]{0,5})?"
    r"(?:system|developer|assistant|user|human|model|ai|bot|tool|function|instructions?|input|response)"
    r"(?:[ _-](?:message|prompt|note))?(?:[^\w:]|_){0,5}:",
    re.IGNORECASE,
)
"""The beginning of a line that passes for another speaker's turn, as in "### Instruction:", "> Human:", "a) User:".

Whatever marks a line may stand before the name: quotes, lists, headings, brackets.
"""


class _Seen(dict[int, str]):
    """By letter: what a tokenizer takes it for after normalising (NFKC), in one letter; nothing if it is invisible."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = unicodedata.normalize("NFKC", letter)
        if unicodedata.category(letter) == "Cf" or 0xFE00 <= code <= 0xFE0F:
            folded = ""
        elif len(folded) != 1:
            # A number with its point, such as ⒈, marks a line as well.
            folded = "1" if unicodedata.category(letter) == "No" else letter
        self[code] = folded
        return folded


_SEEN = _Seen()


def prompt(
    creator: Creator,
    profile: UserProfile,
    goals: Sequence[Goal],
    history: Sequence[Turn],
    passages: Sequence[ScoredPassage],
    message: str,
    *,
    conversation: str = "",
) -> Prompt:
    """Return the prompt for one message. `history` is already cut to its window (`coaching.conversation.window`).

    Where it is too long for a model, its `shorter` leaves out, in this order: the history from its beginning, in the
    blocks of the window, so that the rest begins alike for some turns; the knowledge, the worst passage first, down to
    the best one; the goals beyond the first few. Instructions, creator, person and message always stay.
    """
    return _Parts(creator, profile, tuple(goals), tuple(history), tuple(passages), message, conversation).prompt()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a prompt is made of. A shorter one is made when it is asked for."""

    creator: Creator
    profile: UserProfile
    goals: tuple[Goal, ...]
    history: tuple[Turn, ...]
    passages: tuple[ScoredPassage, ...]
    message: str
    conversation: str

    def prompt(self) -> Prompt:
        system = f"{_about_creator(self.creator)}\n\n{_about_person(self.profile, self.goals)}"
        asked = KNOWLEDGE.format(sources=_sources(self.passages), message=harmless(self.message))
        messages = (Message("system", system), *_said(self.history), Message("user", asked))
        return Prompt(messages, temperature=TEMPERATURE, affinity=self.conversation, shorter=self._shorter)

    def _shorter(self) -> Prompt | None:
        if any(map(_tells, self.history)):
            return replace(self, history=_without_block(self.history)).prompt()
        if len(self.passages) > 1:
            worst = min(range(len(self.passages)), key=lambda at: (self.passages[at].score, -at))
            return replace(self, passages=self.passages[:worst] + self.passages[worst + 1 :]).prompt()
        if len(self.goals) > GOALS_KEPT:
            return replace(self, goals=self.goals[:GOALS_KEPT]).prompt()
        return None


def _without_block(history: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the history without its first block, and without what of the next ones says nothing."""
    said = sum(map(_tells, history))
    left = history[BLOCK:]
    while sum(map(_tells, left)) == said:
        left = left[BLOCK:]
    return left


def harmless(text: str) -> str:
    """Return `text`, as long as it was, without the signs that our delimiters and chat templates are made of."""
    plain = text.translate(_SIGNS)
    seen = plain if plain.isascii() else plain.translate(_SEEN)
    signs = {match.end() - 1: "：" for match in _ROLE.finditer(seen)}
    for match in _BRACKETED.finditer(seen):
        signs |= {match.start(): "‹", match.end() - 1: "›"}
    if not signs:
        return plain
    letters = list(plain)
    visible = [at for at, letter in enumerate(plain) if _SEEN[ord(letter)]]
    for at, sign in signs.items():
        letters[visible[at]] = sign
    return "".join(letters)


def _line(text: str) -> str:
    """Return `text` as one harmless line, so that no value can pass for a heading or an instruction of ours."""
    return harmless(re.sub(r"\s+", " ", text).strip())


def _about_creator(creator: Creator) -> str:
    facts = {
        "Expertise": creator.expertise,
        "Methodology": creator.methodology,
        "Communication style": creator.communication_style,
    }
    return INSTRUCTIONS.format(name=_line(creator.name), creator=_facts(facts) or NOTHING_KNOWN)


def _about_person(profile: UserProfile, goals: Sequence[Goal]) -> str:
    facts = {
        "Name": profile.display_name,
        "Language": profile.locale,
        "Preferences": _pairs(profile.preferences),
        "Communication style": _pairs(profile.communication_style),
    }
    listed = "\n".join(f"- {_goal(goal)}" for goal in goals)
    return PERSON.format(person=_facts(facts) or NOTHING_KNOWN, goals=listed or NO_GOALS)


def is_personal(profile: UserProfile, goals: Sequence[Goal]) -> bool:
    """Return whether a prompt says anything about this person that it would not say about a stranger."""
    return _about_person(profile, goals) != PERSON.format(person=NOTHING_KNOWN, goals=NO_GOALS)


def _facts(facts: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {_line(value)}" for name, value in facts.items() if value.strip())


def _pairs(values: Mapping[str, Scalar]) -> str:
    return "; ".join(f"{name}: {values[name]}" for name in sorted(values))


def _goal(goal: Goal) -> str:
    return "; ".join(_line(part) for part in _goal_parts(goal))


def _goal_parts(goal: Goal) -> Iterator[str]:
    yield goal.title
    if goal.target is not None:
        share = f" ({goal.share_done:.0%})" if goal.share_done is not None else ""
        yield f"progress {goal.progress:g} of {goal.target:g} {goal.unit}".rstrip() + share
    elif goal.progress:
        yield f"progress {goal.progress:g} {goal.unit}".rstrip()
    if goal.due:
        yield f"due {goal.due.isoformat()}"
    for milestone in goal.milestones:
        yield f"milestone {milestone.title}: {'reached' if milestone.reached_at else 'open'}"


def _said(history: Iterable[Turn]) -> Iterator[Message]:
    for turn in history:
        if _tells(turn):
            yield Message("user", harmless(turn.text))
            yield Message("assistant", harmless(without_markers(turn.reply.text)))


def _tells(turn: Turn) -> bool:
    """Return whether a turn stands in the prompt. One cut before a word was shown does not: some models take no empty
    message, nor two of a user's in a row."""
    return bool(turn.reply.text) and coached(turn)


def _sources(passages: Sequence[ScoredPassage]) -> str:
    return "\n".join(_source(number, found) for number, found in enumerate(passages, start=1)) or NO_SOURCES


def _source(number: int, found: ScoredPassage) -> str:
    passage = found.passage
    place = _place(passage.place)
    title = _line(passage.title).replace('"', "'") + (f", {place}" if place else "")
    return f'<source number="{number}" title="{title}">\n{harmless(passage.text)}\n</source>'


def _place(place: Place) -> str:
    parts = [_line(part).replace('"', "'") for part in place.heading[-1:]]
    if place.page is not None:
        parts.append(f"page {place.page}")
    if place.start_seconds is not None:
        parts.append(f"{int(place.start_seconds // 60)}:{int(place.start_seconds % 60):02d}")
    return ", ".join(parts)
