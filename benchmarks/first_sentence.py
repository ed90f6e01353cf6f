"""What the checks add before the first sentence of a streamed answer is shown.

The answers are written beforehand and come at once, so that what passes between a sentence's last word and its showing
is the checks' alone: support, contacts, slips, the content filter with the bundled MiniLM, and the citation.
"""

import statistics
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks import composer
from benchmarks.figures import Figure
from coaching.adapters.embedding.meanings import EmbeddedMeanings
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation.answering import ModelAnswer
from coaching.models.ports import Message, Prompt
from coaching.safety.content_filter import heads
from coaching.safety.content_filter.content_filter import ContentFilter
from coaching.safety.crisis.registry import shipped_registry
from coaching.safety.groundedness import Evidence
from coaching.safety.standards import Standards
from coaching.safety.validation import CheckedSentence
from training.minilm_onnx import build

GOAL_MS: Final = 30.0
GREETING: Final = "I am glad that you ask this."
"""Claims nothing, so that the heads judge it, and stands before what the creator teaches."""


def figures() -> list[Figure]:
    """Return the row: the median over the demo's questions, each with the passages that its search finds."""
    embedder = MiniLMEmbedder(build(Path(".cache/minilm")))
    content = ContentFilter(EmbeddedMeanings(embedder), heads.shipped)
    base = Standards(contacts=shipped_registry().contacts(), content=content)
    with tempfile.TemporaryDirectory() as folder:
        room = composer.Room(Path(folder), embedder)
        asked = [room.ask(question) for question in composer.read(composer.QUESTIONS)]
    taken = [_milliseconds(each, replace(base, said=each.question.text)) for each in asked if each.draft.sentences]
    # The first one loads the weights.
    p50 = statistics.median(taken[1:])
    return [
        Figure("added before the first sentence is shown, p50", f"{p50:.1f} ms", f"<= {GOAL_MS:.0f} ms", p50 <= GOAL_MS)
    ]


def _milliseconds(answered: composer.Answered, standards: Standards) -> float:
    words = [sentence.text for sentence in answered.draft.sentences if sentence.citation]
    model = ScriptedChatModel([" ".join([GREETING, *words])])
    began = time.perf_counter()
    evidence = Evidence.of(answered.found.passages)
    answer = ModelAnswer(model, Prompt((Message("user", answered.question.text),)), evidence, standards)
    with closing(answer.sentences()) as shown:
        next((each for each in shown if isinstance(each, CheckedSentence)), None)
    return 1000 * (time.perf_counter() - began)
