"""What every chat model must do, whoever runs it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from coaching.errors import ModelUnavailable
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from coaching.vocabulary import Usage
from tests.support.loopback_server import LoopbackServer

StillGenerating = Callable[[], bool]


def asking(text: str, *, max_tokens: int = 30) -> Prompt:
    """Return a prompt whose answer is always the same."""
    return Prompt((Message("system", "You are a coach."), Message("user", text)), 0.0, max_tokens)


def text_of(fragments: list[Fragment]) -> str:
    return "".join(fragment.text for fragment in fragments)


def becomes_false(condition: Callable[[], bool], within: float) -> bool:
    end = time.monotonic() + within
    while condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def half_of_fifty_hang_up(server: LoopbackServer, model: ChatModel) -> None:
    """Ask fifty times at once and leave every second answer: the others come whole, and nothing goes on."""
    long = asking("word " * 300, max_tokens=900)

    def ask(number: int) -> str:
        answer = model.generate(long)
        if number % 2:
            return text_of(list(answer))
        first = next(answer)
        answer.close()  # type: ignore[attr-defined]
        return first.text

    with ThreadPoolExecutor(50) as threads:
        heard = list(threads.map(ask, range(50)))
    assert set(heard[1::2]) == {"You said: " + "word " * 300}
    assert set(heard[0::2]) == {"You"}
    assert becomes_false(lambda: server.running > 0, within=10)


class ChatModelContract:
    """Needs the fixtures `model` (a window of at most 1024 tokens) and `still_generating`."""

    def test_is_named_by_provider_and_model(self, model: ChatModel) -> None:
        provider, _, name = model.name.partition(":")
        assert provider
        assert name

    def test_answers_in_pieces_and_ends_with_the_usage(self, model: ChatModel) -> None:
        *pieces, last = model.generate(asking("How do I begin to write every day?"))
        assert len(pieces) > 1
        assert all(piece.text and piece.usage is None for piece in pieces)
        assert last.text == ""
        assert last.usage is not None
        assert last.usage.input_tokens > 0
        assert last.usage.output_tokens > 0

    def test_says_no_more_than_it_may(self, model: ChatModel) -> None:
        *_, last = model.generate(asking("Tell me everything about habits.", max_tokens=3))
        assert last.usage is not None
        assert last.usage.output_tokens <= 3

    def test_takes_a_message_in_any_script(self, model: ChatModel) -> None:
        assert text_of(list(model.generate(asking("Wie schön: 你好 😀 \u0000 \u202e"))))

    def test_asks_nothing_before_the_first_piece_is_wanted(
        self, model: ChatModel, still_generating: StillGenerating
    ) -> None:
        model.generate(asking("Hello there"))
        assert not still_generating()

    def test_stops_when_its_answer_is_closed(self, model: ChatModel, still_generating: StillGenerating) -> None:
        answer = model.generate(asking("word " * 100, max_tokens=900))
        next(answer)
        assert still_generating()
        answer.close()  # type: ignore[attr-defined]
        assert becomes_false(still_generating, within=0.5)

    def test_answers_again_after_a_closed_answer(self, model: ChatModel) -> None:
        abandoned = model.generate(asking("word " * 100, max_tokens=900))
        next(abandoned)
        abandoned.close()  # type: ignore[attr-defined]
        assert text_of(list(model.generate(asking("Another question"))))

    def test_refuses_a_prompt_that_is_too_long(self, model: ChatModel) -> None:
        with pytest.raises(ModelUnavailable) as refused:
            list(model.generate(asking("word " * 5000)))
        assert refused.value.code == "context_exceeded"

    def test_keeps_answers_at_the_same_time_apart(self, model: ChatModel) -> None:
        prompts = [asking(f"Question number {n}: {'why ' * n}") for n in range(1, 5)]
        one_by_one = [text_of(list(model.generate(prompt))) for prompt in prompts]
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda prompt: text_of(list(model.generate(prompt))), prompts))
        assert together == one_by_one
        assert len(set(together)) > 1


def counted(fragments: list[Fragment]) -> Usage:
    """Return the usage that ends an answer."""
    usage = fragments[-1].usage
    assert usage is not None
    return usage
