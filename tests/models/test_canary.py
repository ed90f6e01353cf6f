"""A model is tried before anybody's words go to it."""

from dataclasses import dataclass, field

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.errors import ModelUnavailable
from coaching.models.canary import LOAD_SECONDS, TryModel
from coaching.models.failures import unavailable
from coaching.models.ports import LoadableModel, Prompt

NAME = "ollama:mistral:7b"


@dataclass
class Node(LoadableModel):
    """Loads at once, or lacks the model."""

    lacks: bool = False
    loads: list[float] = field(default_factory=list)

    def load(self, seconds: float) -> None:
        self.loads.append(seconds)
        if self.lacks:
            raise unavailable("model_missing", "Ollama lacks mistral:7b: run `ollama pull mistral:7b`.")

    def loaded(self, seconds: float) -> bool:
        return bool(self.loads)


def copied(prompt: Prompt) -> str:
    """Answer with the source's sentence."""
    return prompt.messages[-1].text.partition("Source: ")[2].partition("\n")[0]


def trial(model: ScriptedChatModel, *nodes: Node) -> TryModel:
    return TryModel({NAME: model}, lambda name: nodes, lambda least, most: least)


def test_it_is_loaded_on_every_node_and_then_asked() -> None:
    nodes, model = (Node(), Node(), Node()), ScriptedChatModel(copied)
    trial(model, *nodes)(NAME)
    assert [node.loads for node in nodes] == [[LOAD_SECONDS]] * 3
    assert len(model.prompts) == 1


def test_a_node_that_lacks_it_ends_the_trial_with_the_command_that_brings_it() -> None:
    model = ScriptedChatModel(copied)
    with pytest.raises(ModelUnavailable, match="ollama pull") as failed:
        trial(model, Node(), Node(lacks=True))(NAME)
    assert failed.value.code == "model_missing"
    assert not model.prompts


@pytest.mark.parametrize("answer", ["It burns for 21 minutes.", "21", "**21** minutes", "Es brennt 21 Minuten."])
def test_an_answer_with_the_number_is_right(answer: str) -> None:
    trial(ScriptedChatModel([answer]))(NAME)


@pytest.mark.parametrize("answer", ["It burns for a while.", "210 minutes", "12", "zzz", "twenty-two"])
def test_an_answer_without_the_number_is_none(answer: str) -> None:
    with pytest.raises(ModelUnavailable) as failed:
        trial(ScriptedChatModel([answer]))(NAME)
    assert failed.value.code == "malformed_answer"
    assert NAME in failed.value.message
    assert answer not in failed.value.message


def test_a_model_that_breaks_off_has_not_answered() -> None:
    with pytest.raises(ModelUnavailable) as failed:
        trial(ScriptedChatModel(copied, fails_after=9))(NAME)
    assert failed.value.code == "model_failed"


def test_a_model_that_the_settings_lost_meanwhile_is_not_tried() -> None:
    with pytest.raises(ModelUnavailable, match="CHAT_MODELS"):
        trial(ScriptedChatModel(copied))("ollama:phi3:mini")


def test_the_number_is_drawn_anew() -> None:
    model = ScriptedChatModel(copied)
    ask = TryModel({NAME: model}, lambda name: ())
    for _ in range(30):
        ask(NAME)
    assert len({prompt.messages[-1].text for prompt in model.prompts}) > 5
