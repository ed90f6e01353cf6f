"""A prompt is cut to a model's window, the least important first, and never more than it must be."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.errors import ModelUnavailable
from coaching.models.catalogue import ModelCard
from coaching.models.counting import PER_MESSAGE, PER_PROMPT, prompt_tokens
from coaching.models.fitting import ANSWER_LEAST, fit, least_tokens, whole_tokens
from coaching.models.ports import Message, Prompt


def words(text: str) -> int:
    return len(text.split())


def card(context_tokens: int) -> ModelCard:
    return ModelCard("ollama", "m", context_tokens, "fast")


def saying(*sizes: int, max_tokens: int = 100) -> Prompt:
    """Return a prompt of messages of so many words, of which each but the last may be left out, the first one first."""

    def shorter() -> Prompt | None:
        return saying(*sizes[1:]) if len(sizes) > 1 else None

    messages = tuple(Message("user", "word " * size) for size in sizes)
    return Prompt(messages, max_tokens=max_tokens, shorter=shorter)


def window_for(*sizes: int, answer: int = 100) -> int:
    return PER_PROMPT + sum(PER_MESSAGE + size for size in sizes) + answer


def sizes_of(prompt: Prompt) -> list[int]:
    return [words(message.text) for message in prompt.messages]


class TestAPromptThatFits:
    def test_stays_the_same_object(self) -> None:
        prompt = saying(500, 400)
        assert fit(prompt, card(window_for(500, 400)), words) is prompt

    def test_of_a_large_window_is_not_even_counted(self) -> None:
        def never(_text: str) -> int:
            raise AssertionError("counted")

        prompt = saying(500, 400)
        assert fit(prompt, card(128_000), never) is prompt


class TestAPromptThatIsTooLong:
    def test_loses_as_little_as_it_can(self) -> None:
        window = window_for(500, 400)
        assert sizes_of(fit(saying(300, 200, 500, 400), card(window), words)) == [500, 400]
        assert sizes_of(fit(saying(300, 200, 500, 400), card(window - 1), words)) == [400]

    def test_gives_up_the_answers_room_first_down_to_a_quarter_of_the_window(self) -> None:
        prompt = saying(400, 300, max_tokens=4_000)
        fitted = fit(prompt, card(1_200), words)
        assert sizes_of(fitted) == [400, 300]
        assert fitted.max_tokens == 1_200 - window_for(400, 300, answer=0)

    def test_gives_up_more_of_it_when_nothing_else_can_be_left_out(self) -> None:
        window = window_for(2_000, answer=ANSWER_LEAST)
        fitted = fit(saying(300, 2_000, max_tokens=900), card(window), words)
        assert sizes_of(fitted) == [2_000]
        assert fitted.max_tokens == ANSWER_LEAST

    def test_is_refused_where_even_the_shortest_is_too_long(self) -> None:
        window = window_for(2_000, answer=ANSWER_LEAST) - 1
        with pytest.raises(ModelUnavailable) as refused:
            fit(saying(300, 2_000, max_tokens=900), card(window), words)
        assert refused.value.code == "context_exceeded"
        assert "word" not in refused.value.message

    def test_a_short_answer_needs_no_more_room_than_was_asked_for(self) -> None:
        assert fit(saying(300, 2_000, max_tokens=10), card(window_for(2_000, answer=10)), words).max_tokens == 10

    def test_keeps_what_else_was_asked_for_even_when_it_is_shortened_again(self) -> None:
        prompt = replace(
            saying(300, 200, 500, 400), stop=("###",), temperature=0.1, seconds=9.0, affinity="c", max_tokens=90
        )
        fitted = fit(prompt, card(window_for(200, 500, 400)), words)
        again = fitted.shorter()
        assert again is not None
        assert sizes_of(again) == [500, 400]
        for each in (fitted, again):
            assert (each.stop, each.temperature, each.seconds, each.affinity) == (("###",), 0.1, 9.0, "c")
            assert each.max_tokens == 90

    def test_a_schema_takes_room_as_well(self) -> None:
        prompt = replace(saying(500, 400), schema={"type": "object"})
        assert sizes_of(fit(prompt, card(window_for(500, 400)), words)) == [400]


class TestTheSizesForTheSelection:
    def test_whole_and_least_are_before_and_after_all_shortening(self) -> None:
        prompt = saying(300, 200, 500, 400, max_tokens=700)
        assert whole_tokens(prompt, words) == window_for(300, 200, 500, 400, answer=700)
        assert least_tokens(prompt, words) == window_for(400, answer=ANSWER_LEAST)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=8), st.integers(1, 4_000), st.integers(512, 4_096))
def test_what_comes_out_always_fits(sizes: list[int], max_tokens: int, window: int) -> None:
    prompt = saying(*sizes, max_tokens=max_tokens)
    fitted_or_refused: Callable[[], Prompt] = lambda: fit(prompt, card(window), words)  # noqa: E731
    if least_tokens(prompt, words) > window:
        with pytest.raises(ModelUnavailable):
            fitted_or_refused()
        return
    fitted = fitted_or_refused()
    assert prompt_tokens(fitted, words) + fitted.max_tokens <= window
    assert min(max_tokens, ANSWER_LEAST) <= fitted.max_tokens <= max_tokens
    assert sizes[len(sizes) - len(fitted.messages) :] == sizes_of(fitted)
