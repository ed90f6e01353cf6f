"""The model card of the detector of red flags: what it learned from, and how it does on what it never saw."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.ranking import auprc, auroc, bootstrap, recall_at_false_positives
from benchmarks.redflags import blind_messages
from coaching.safety.redflags.assessment import Assessment
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.topics import Severity, Topic
from training.redflags_data import Example

SOURCES = {
    "ours": ("our own messages, `training/data/redflags/messages`", "this project's"),
    "our talks": ("messages of our own conversations", "this project's"),
    "posts": ("posts of 27 communities (construct-tracker), labelled by their community", "Apache-2.0"),
    "violence": ("posts of two communities about domestic violence", "MIT"),
    "segments": ("a few sentences from the midst of each long post of these", "as above"),
    "forums": ("more posts of the same communities, from a mental-health set", "clear permissive licence"),
    "veterans": (
        "veterans' posts that experts coded for suicidal thoughts, from the same set",
        "clear permissive licence",
    ),
    "prompts": ("SimpleSafetyTests", "CC BY 4.0"),
    "chats": ("messages to chat programs (DiaSafety), of matters without risk", "Apache-2.0"),
    "risks": ("of the same, of risks where the rules are sure", "Apache-2.0"),
}
_LEAST = 8
_SETS = {
    "posts": ("posts", "violence"),
    "veterans": ("veterans",),
    "chat (ours)": ("ours", "our talks"),
}


def card(found: Sequence[Example], detect: DetectRedFlags, size_bytes: int) -> str:
    """Return the card in Markdown. `found` are all examples, `detect` has the weights that ship."""
    held = [example for example in found if example.held_out]
    read = [detect(example.text) for example in held]
    return "\n".join(
        (
            *_beginning(size_bytes),
            *_data(found),
            *_ranking(held, read),
            *_severities(held, read),
            *_alarms(held, read),
            *_blind(detect),
            "",
        )
    )


def _beginning(size_bytes: int) -> Iterator[str]:
    yield "# The detector of red flags\n"
    yield f"`weights.npz` ({size_bytes:,} bytes, no pickle, with a checksum): made by `python -m training.redflags`."
    yield "What it is for, how it is read and its limits stand in `CARD.md`; this page is written by the training.\n"


def _data(found: Sequence[Example]) -> Iterator[str]:
    learned = Counter(example.source for example in found if not example.held_out)
    held = Counter(example.source for example in found if example.held_out)
    yield "## Data\n"
    yield "| source | licence | learned from | held out |\n|---|---|---|---|"
    for source, (what, licence) in SOURCES.items():
        yield f"| {what} | {licence} | {learned[source]:,} | {held[source]:,} |"


def _ranking(held: Sequence[Example], read: Sequence[Assessment]) -> Iterator[str]:
    yield "\n## On what was held out\n"
    yield "In brackets 95 % bootstrap intervals; recall at the rate of false positives, ties against us.\n"
    yield "| set | topic | rows | AUPRC | AUROC | recall at 2 % |\n|---|---|---|---|---|---|"
    for name, sources in _SETS.items():
        for topic in Topic:
            rows = [at for at, each in enumerate(held) if each.source in sources and topic in each.labels]
            labels = np.array([held[at].labels[topic] for at in rows], dtype=np.bool_)
            scores = np.array([read[at].findings[topic].probability for at in rows])
            if min(np.count_nonzero(labels), np.count_nonzero(~labels)) >= _LEAST:
                low, high = bootstrap(auprc, labels, scores)
                yield (
                    f"| {name} | {topic.value} | {np.count_nonzero(labels)} of {len(rows)} "
                    f"| {auprc(labels, scores):.3f} ({low:.2f} to {high:.2f}) | {auroc(labels, scores):.3f} "
                    f"| {recall_at_false_positives(labels, scores, 0.02):.2f} |"
                )


def _severities(held: Sequence[Example], read: Sequence[Assessment]) -> Iterator[str]:
    yield "\n## Severity of our own held-out messages\n"
    names = [level.name.lower() for level in Severity]
    yield f"| written as | {' | '.join(f'found {name}' for name in names)} |\n|---|{'---|' * len(names)}"
    counts = Counter(
        (severity, assessment.findings[topic].severity)
        for example, assessment in zip(held, read, strict=True)
        if example.source in ("ours", "our talks")
        for topic, severity in example.severity.items()
    )
    for written in list(Severity)[1:]:
        yield f"| {written.name.lower()} | {' | '.join(str(counts[written, level]) for level in Severity)} |"


def _alarms(held: Sequence[Example], read: Sequence[Assessment]) -> Iterator[str]:
    yield "\n## False alarms\n"
    yield "Held-out messages without any topic that raise one (elevated or more) at the shipped thresholds.\n"
    for name in ("ours", "our talks", "chats"):
        raised = [
            assessment.severity >= Severity.ELEVATED
            for example, assessment in zip(held, read, strict=True)
            if example.source == name and not any(example.labels.values())
        ]
        yield f"- {SOURCES[name][0]}: {sum(raised)} of {len(raised)}"


def _blind(detect: DetectRedFlags) -> Iterator[str]:
    yield "\n## Blind messages\n"
    yield "`training/data/redflags/blind.jsonl`, never learned from. Low is noticed, elevated and more is raised.\n"
    yield "| | messages | noticed | raised | high or more |\n|---|---|---|---|---|"
    found = [(row, detect(row.text).severity) for row in blind_messages()]
    kinds = sorted({row.kind for row, _ in found if not row.severity})
    groups = {"grave": [severity for row, severity in found if row.severity]}
    groups |= {kind: [severity for row, severity in found if row.kind == kind and not row.severity] for kind in kinds}
    for name, severities in groups.items():
        reached = (sum(each >= least for each in severities) for least in list(Severity)[1:4])
        yield f"| {name} | {len(severities)} | {' | '.join(map(str, reached))} |"
