"""Selection, fitting and the fallback chain together: who is asked first, and with how much of the prompt."""

from coaching.models.attempts import Member
from coaching.models.catalogue import card
from coaching.models.choosing import order_for
from coaching.models.fallback import FallbackChain
from coaching.models.fitting import fit
from coaching.models.ports import Message, Prompt
from tests.models.chains import Clock, Fails, ToldModel, said

LONG = "Some words that were said a while ago. " * 260


def remembering(texts: tuple[str, ...]) -> Prompt:
    return Prompt(
        tuple(Message("user", text) for text in texts),
        shorter=lambda: remembering(texts[1:]) if len(texts) > 1 else None,
    )


def chain(*answers: tuple[str, str | Fails]) -> tuple[FallbackChain, list[ToldModel]]:
    clock = Clock()
    models = [ToldModel(clock, [[answer]], name) for name, answer in answers]
    members = tuple(Member(card(model.name), model) for model in models)
    return FallbackChain(members, order=order_for("high"), fit=fit, sleep=clock.sleep), models


def test_a_long_prompt_goes_whole_to_the_model_that_can_take_it() -> None:
    asked, (small, large) = chain(("ollama:phi3:mini", "small"), ("ollama:llama3:8b", "large"))
    assert said(asked, remembering((LONG, "And now?"))) == ("large", "ollama:llama3:8b")
    assert small.prompts == []
    assert len(large.prompts[0].messages) == 2


def test_the_one_behind_it_gets_as_much_as_it_can_take() -> None:
    asked, (small, large) = chain(("ollama:phi3:mini", "small"), ("ollama:llama3:8b", Fails("model_missing")))
    assert said(asked, remembering((LONG, "And now?"))) == ("small", "ollama:phi3:mini")
    assert len(large.prompts[0].messages) == 2
    assert [message.text for message in small.prompts[0].messages] == ["And now?"]
