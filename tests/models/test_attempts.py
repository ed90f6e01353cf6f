"""What a member's answer says about its health."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from coaching.errors import ModelUnavailable
from coaching.models.attempts import asked
from coaching.models.breaker import Breakers
from coaching.models.ports import ChatModel, Finish, Fragment, Prompt
from tests.models.chains import PROMPT, RULE, Clock, member


@dataclass(frozen=True)
class Wordless(ChatModel):
    finish: Finish
    name: str = "wordless:model"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        yield Fragment("", finish=self.finish)


@pytest.mark.parametrize(
    ("prompt", "finish", "code", "found"),
    [
        (PROMPT, "stop", "malformed_answer", "open"),
        # Nobody asked for fewer tokens than the coach allows: this model does not work with so many.
        (PROMPT, "length", "malformed_answer", "open"),
        (replace(PROMPT, max_tokens=1), "length", "request_refused", "closed"),
        (replace(PROMPT, stop=("T",)), "stop", "request_refused", "closed"),
    ],
)
def test_who_is_cut_before_the_first_word_is_not_blamed(prompt: Prompt, finish: Finish, code: str, found: str) -> None:
    breakers = Breakers(rule=RULE, clock=Clock())
    one = member("a", Wordless(finish))
    for _ in range(RULE.failures):
        with pytest.raises(ModelUnavailable) as failed:
            list(asked(one, prompt, breakers, forced=True, hurried=False))
        assert failed.value.code == code
    assert breakers.found(one.name) == found
