import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.errors import ModelUnavailable
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, asking, counted, text_of


class TestScriptedChatModel(ChatModelContract):
    @pytest.fixture
    def model(self) -> ScriptedChatModel:
        return ScriptedChatModel(lambda prompt: f"You said: {prompt.messages[-1].text}", context_tokens=1024)

    @pytest.fixture
    def still_generating(self, model: ScriptedChatModel) -> StillGenerating:
        return lambda: model.running > 0


def test_gives_its_replies_in_order_and_repeats_the_last() -> None:
    model = ScriptedChatModel(["One.", "Two."])
    replies = [text_of(list(model.generate(asking("Next")))) for _ in range(3)]
    assert replies == ["One.", "Two.", "Two."]


def test_keeps_every_space_of_a_reply() -> None:
    reply = "  First line.\n\n- second  line \n"
    assert text_of(list(ScriptedChatModel([reply]).generate(asking("Go")))) == reply


def test_counts_words_as_tokens() -> None:
    fragments = list(ScriptedChatModel(["Three small words"]).generate(asking("Well now")))
    assert counted(fragments) == Usage(input_tokens=6, output_tokens=3)


def test_remembers_what_it_was_asked() -> None:
    model = ScriptedChatModel(["Yes."])
    prompt = asking("Is it so?")
    list(model.generate(prompt))
    assert model.prompts == [prompt]


@pytest.mark.parametrize(("fails_after", "said"), [(0, []), (2, ["One", " two"])])
def test_fails_where_it_is_told_to(fails_after: int, said: list[str]) -> None:
    model = ScriptedChatModel(["One two three four"], fails_after=fails_after)
    heard: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        heard.extend(fragment.text for fragment in model.generate(asking("Count")))
    assert heard == said
    assert failed.value.code == "model_failed"
    assert model.running == 0
