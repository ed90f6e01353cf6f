from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.errors import ModelUnavailable
from coaching.models.attempts import Attempt, Member
from coaching.models.breaker import Admission
from coaching.models.catalogue import ModelCard
from coaching.models.failures import FailureCode, unavailable
from coaching.models.fallback import Chosen, FallbackChain
from coaching.models.fitting import fit
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating
from tests.models.chains import FOR_EVER, PROMPT, Chained, Fails, chained, failure, member, said

FINE = [["All", " is", " well."]]


class TestAsAChatModel(ChatModelContract):
    """A chain whose first member fails is like any other model."""

    @pytest.fixture
    def second(self) -> ScriptedChatModel:
        return ScriptedChatModel(lambda prompt: f"You said: {prompt.messages[-1].text}", context_tokens=1024)

    @pytest.fixture
    def model(self, second: ScriptedChatModel) -> FallbackChain:
        broken = ScriptedChatModel(["Never heard"], fails_after=0, context_tokens=1024)
        return FallbackChain((member("a", broken), member("b", second)), patience=Patience(tries=1))

    @pytest.fixture
    def still_generating(self, second: ScriptedChatModel) -> StillGenerating:
        return lambda: second.running > 0


class TestWhoIsAsked:
    def test_the_first_alone_when_it_answers(self) -> None:
        at = chained(FINE, FINE)
        assert said(at.chain) == ("All is well.", "ollama:a")
        assert at.models[1].prompts == []

    @pytest.mark.parametrize(
        "code",
        [
            "timeout",
            "malformed_answer",
            "bad_credentials",
            "model_missing",
            "package_missing",
            "content_refused",
            "request_refused",
            "context_exceeded",
        ],
    )
    def test_the_next_at_once_when_asking_again_would_not_help(self, code: FailureCode) -> None:
        at = chained([[Fails(code)]], FINE)
        assert said(at.chain) == ("All is well.", "ollama:b")
        assert len(at.models[0].prompts) == 1
        assert at.codes() == {"ollama:a": code, "ollama:b": "answered"}

    @pytest.mark.parametrize("code", ["unreachable", "rate_limited", "overloaded", "model_failed"])
    def test_the_same_again_when_the_failure_may_pass(self, code: FailureCode) -> None:
        at = chained([[Fails(code)], *FINE], FINE)
        assert said(at.chain) == ("All is well.", "ollama:a")
        assert at.attempts == [(Attempt("ollama:a", "answered", 2, 250),)]

    def test_nobody_else_once_words_were_handed_out(self) -> None:
        at = chained([["All", Fails("overloaded")]], FINE)
        assert failure(at.chain, heard="All").code == "overloaded"
        assert at.models[1].prompts == []
        assert at.codes() == {"ollama:a": "overloaded"}

    def test_fragments_without_words_do_not_commit_to_a_member(self) -> None:
        at = chained([["", "", Fails("malformed_answer")]], FINE)
        assert said(at.chain) == ("All is well.", "ollama:b")

    def test_an_answer_without_words_is_none(self) -> None:
        at = chained([[]], FINE)
        assert said(at.chain) == ("All is well.", "ollama:b")
        assert at.codes() == {"ollama:a": "malformed_answer", "ollama:b": "answered"}

    @pytest.mark.parametrize("code", ["overloaded", "node_lost"])
    def test_a_full_line_or_a_lost_node_says_nothing_of_a_models_health(self, code: FailureCode) -> None:
        at = chained([[Fails(code)]], FINE, patience=Patience(tries=1))
        for _ in range(5):
            said(at.chain)
        assert len(at.models[0].prompts) == 5

    def test_those_whose_breaker_is_open_are_passed_over(self) -> None:
        at = chained([[Fails("timeout")]], FINE)
        for _ in range(3):
            assert said(at.chain) == ("All is well.", "ollama:b")
        assert len(at.models[0].prompts) == 2
        assert at.codes() == {"ollama:a": "open", "ollama:b": "answered"}

    def test_unless_all_are(self) -> None:
        at = chained([[Fails("timeout")], [Fails("timeout")], *FINE])
        for _ in range(2):
            failure(at.chain)
        assert at.chain.breakers.found("ollama:a") == "open"
        assert said(at.chain) == ("All is well.", "ollama:a")
        assert at.chain.breakers.found("ollama:a") == "closed"

    def test_a_try_that_opens_the_breaker_is_the_last(self) -> None:
        at = chained([[Fails("model_failed")]], FINE, patience=Patience(tries=5))
        said(at.chain)
        assert len(at.models[0].prompts) == 2

    def test_what_says_nothing_of_a_model_leaves_its_breaker_closed(self) -> None:
        at = chained([[Fails("content_refused")]], FINE)
        for _ in range(5):
            said(at.chain)
        assert len(at.models[0].prompts) == 5

    def test_an_ordering_that_is_handed_in_decides(self) -> None:
        def backwards(_: Prompt, members: Sequence[Member], *__: object) -> Chosen:
            return Chosen(members[:0:-1])

        at = chained([[Fails("timeout")]], FINE, FINE)
        assert said(replace(at.chain, order=backwards)) == ("All is well.", "ollama:c")

    def test_an_ordering_is_told_how_the_breakers_are(self) -> None:
        seen: list[Mapping[str, Admission]] = []

        def as_given(_: Prompt, members: Sequence[Member], found: Mapping[str, Admission], __: object) -> Chosen:
            seen.append(found)
            return Chosen(members)

        at = chained([[Fails("bad_credentials")]], FINE)
        for _ in range(2):
            said(replace(at.chain, order=as_given))
        assert seen == [{"ollama:a": "closed", "ollama:b": "closed"}, {"ollama:a": "open", "ollama:b": "closed"}]

    def test_an_ordering_that_finds_nobody_fit_is_a_refusal(self) -> None:
        at = chained(FINE)
        assert failure(replace(at.chain, order=lambda *_: Chosen(()))).code == "request_refused"


class TestTime:
    def test_those_that_come_after_have_their_part_kept(self) -> None:
        at = chained([[FOR_EVER]], [[FOR_EVER]], [[9.9, "Late."]])
        assert said(at.chain) == ("Late.", "ollama:c")
        assert [model.prompts[0].seconds for model in at.models] == pytest.approx([60, 20, 10.0])
        assert [attempt.milliseconds for attempt in at.attempts[0]] == [60_000, 20_000, 9_900]

    def test_a_prompt_may_leave_less_time_but_not_more(self) -> None:
        at = chained([[FOR_EVER]], FINE)
        for seconds in (9, 900):
            assert said(at.chain, replace(PROMPT, seconds=seconds)) == ("All is well.", "ollama:b")
        assert [prompt.seconds for prompt in at.models[0].prompts] == pytest.approx([6, 60])

    def test_nothing_is_kept_for_those_that_are_left_alone(self) -> None:
        at = chained([[FOR_EVER]], [[Fails("bad_credentials")]])
        for _ in range(2):
            failure(at.chain)
        assert [prompt.seconds for prompt in at.models[0].prompts] == pytest.approx([60, 90])

    def test_all_members_together_keep_to_one_deadline(self) -> None:
        at = chained(*[[[FOR_EVER]]] * 5)
        began = at.clock.now
        assert failure(at.chain).code == "timeout"
        assert at.clock.now - began == pytest.approx(90)

    def test_a_pause_is_drawn_from_zero_to_a_bound_that_doubles(self) -> None:
        patience, error = Patience(tries=4, pause=0.25), unavailable("unreachable", "Nobody is there.")
        drawn: list[tuple[float, float]] = []

        def draw(least: float, most: float) -> float:
            drawn.append((least, most))
            return least

        pauses = [patience.before_another_try(error, tried, 60, 1, draw) for tried in (1, 2, 3, 4)]
        assert pauses == [0, 0, 0, None]
        assert drawn == [(0, 0.25), (0, 0.5), (0, 1)]

    def test_the_servers_wish_is_honoured_when_it_fits(self) -> None:
        at = chained([[Fails("rate_limited", 2)], *FINE], FINE)
        assert said(at.chain) == ("All is well.", "ollama:a")
        assert at.attempts[0][0].milliseconds == 2_000

    def test_nobody_waits_long_for_one_while_another_may_answer(self) -> None:
        at = chained([[Fails("rate_limited", 3)], *FINE], FINE)
        assert said(at.chain) == ("All is well.", "ollama:b")
        assert at.attempts[0][0].milliseconds == 0

    def test_the_last_one_is_waited_for_as_long_as_time_is_left_to_answer(self) -> None:
        assert said(chained([[Fails("rate_limited", 45)], *FINE]).chain) == ("All is well.", "ollama:a")
        error = failure(chained([[Fails("rate_limited", 46)], *FINE]).chain)
        assert (error.code, error.retry_after_seconds) == ("rate_limited", 46)

    def test_no_time_at_all_asks_nobody(self) -> None:
        at = chained(FINE)
        assert failure(at.chain, replace(PROMPT, seconds=0)).code == "timeout"
        assert at.models[0].prompts == []


class TestBlame:
    def test_who_got_little_time_is_not_blamed_for_taking_too_long(self) -> None:
        at = chained([[FOR_EVER]], FINE)
        for _ in range(5):
            assert said(at.chain, replace(PROMPT, seconds=9)) == ("All is well.", "ollama:b")
        assert at.chain.breakers.found("ollama:a") == "closed"

    def test_who_waits_for_a_slow_reader_is_not_blamed_for_taking_too_long(self) -> None:
        at = chained([["All", 1.0, " is", FOR_EVER]], FINE)
        for _ in range(5):
            answer = at.chain.generate(PROMPT)
            next(answer)
            at.clock.now += 58
            with pytest.raises(ModelUnavailable):
                list(answer)
        assert at.chain.breakers.found("ollama:a") == "closed"

    def test_who_hangs_in_the_middle_is(self) -> None:
        at = chained([["All", FOR_EVER]], FINE)
        for _ in range(2):
            assert failure(at.chain, heard="All").code == "timeout"
        assert at.chain.breakers.found("ollama:a") == "open"


class TestTooLong:
    def test_the_prompt_is_made_shorter_until_the_member_takes_it(self) -> None:
        shortest = replace(PROMPT, messages=PROMPT.messages[:0])
        shorter = replace(PROMPT, messages=PROMPT.messages[:1], shorter=lambda: shortest)
        at = chained([[Fails("context_exceeded")], [Fails("context_exceeded")], *FINE], FINE)
        long = replace(PROMPT, messages=PROMPT.messages * 2, affinity="c", shorter=lambda: shorter)
        assert said(at.chain, long) == ("All is well.", "ollama:a")
        assert [len(prompt.messages) for prompt in at.models[0].prompts] == [2, 1, 0]
        assert {prompt.affinity for prompt in at.models[0].prompts} == {"c"}

    def test_the_next_member_gets_the_whole_prompt_again(self) -> None:
        shorter = replace(PROMPT, max_tokens=2)
        at = chained([[Fails("context_exceeded")]], FINE)
        assert said(at.chain, replace(PROMPT, shorter=lambda: shorter)) == ("All is well.", "ollama:b")
        assert at.models[1].prompts[0].max_tokens == 700

    def test_a_prompt_that_could_be_shortened_for_ever_is_not(self) -> None:
        def again() -> Prompt:
            return replace(PROMPT, shorter=again)

        at = chained([[Fails("context_exceeded")]], FINE)
        assert said(at.chain, again()) == ("All is well.", "ollama:b")

    def test_each_member_is_given_what_fits_its_window(self) -> None:
        def fit(prompt: Prompt, card: ModelCard, _: object) -> Prompt:
            if card.model == "a":
                raise unavailable("context_exceeded", "Too long.")
            return replace(prompt, max_tokens=7)

        at = chained(FINE, FINE)
        assert said(replace(at.chain, fit=fit)) == ("All is well.", "ollama:b")
        assert at.models[0].prompts == []
        assert at.models[1].prompts[0].max_tokens == 7


class TestWhenAllFail:
    @pytest.fixture
    def at(self) -> Chained:
        return chained([[Fails("timeout")]], [[Fails("bad_credentials")]])

    def test_the_error_has_the_last_code_and_names_them_all(self, at: Chained) -> None:
        error = failure(at.chain)
        assert error.code == "bad_credentials"
        assert "(ollama:a: timeout, ollama:b: bad_credentials)" in error.message

    def test_those_left_alone_are_named_too(self, at: Chained) -> None:
        failure(at.chain)
        error = failure(at.chain)
        assert error.code == "timeout"
        assert "(ollama:a: timeout, ollama:b: open)" in error.message


class Answer(Iterator[Fragment]):
    def __init__(self) -> None:
        self.closed = False

    def __next__(self) -> Fragment:
        return Fragment("Word ")

    def close(self) -> None:
        self.closed = True


@dataclass
class Answering(ChatModel):
    answer: Answer
    name: str = "told:for ever"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        return self.answer


class TestClosing:
    def test_closes_the_members_answer(self) -> None:
        at = chained(FINE, FINE)
        answer = at.chain.generate(PROMPT)
        next(answer)
        assert at.models[0].running == 1
        answer.close()  # type: ignore[attr-defined]
        assert at.models[0].running == 0
        assert at.codes() == {"ollama:a": "closed"}

    def test_closes_an_answer_that_is_no_generator(self) -> None:
        answer = Answer()
        through = chained(FINE).chain
        through = replace(through, members=(member("a", Answering(answer)),))
        heard = through.generate(PROMPT)
        next(heard)
        heard.close()  # type: ignore[attr-defined]
        assert answer.closed

    def test_gives_a_probes_place_back(self) -> None:
        at = chained([[Fails("timeout")], [Fails("timeout")], *FINE], FINE)
        for _ in range(2):
            said(at.chain)
        at.clock.now += 20
        answer = at.chain.generate(PROMPT)
        assert next(answer).model == "ollama:a"
        answer.close()  # type: ignore[attr-defined]
        assert at.chain.breakers.found("ollama:a") == "closed"


class TestWithTheRealFitting:
    def test_a_prompt_is_cut_to_the_window_of_each_member(self) -> None:
        long = replace(PROMPT, messages=(Message("user", "word " * 3_000),), shorter=lambda: PROMPT)
        at = chained([[Fails("context_exceeded")]], FINE)
        wide = replace(at.chain.members[1], card=replace(at.chain.members[1].card, context_tokens=100_000))
        assert said(replace(at.chain, members=(at.chain.members[0], wide), fit=fit), long) == (
            "All is well.",
            "ollama:b",
        )
        assert at.models[0].prompts[0].messages == PROMPT.messages
        assert at.models[1].prompts[0].messages == long.messages


def test_what_a_member_says_is_handed_on_with_its_name_and_nothing_else_changed() -> None:
    said_by_it = Fragment("Word.", Usage(1, 2), "stop", loading=False, chosen="Why.", reused=True)
    assert said_by_it.named("ollama:a") == replace(said_by_it, model="ollama:a")
    assert replace(said_by_it, model="ollama:b").named("ollama:a").model == "ollama:b"
