"""What the running system would have sent to people: a local AWS keeps e-mails and text messages and sends none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from local.functions import Json
from local.loopback import fetch_json

NOTHING_SENT: Final = "Nothing has been sent."


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to one person. Text messages have no subject."""

    channel: Literal["e-mail", "SMS"]
    to: str
    subject: str
    text: str


def outbox(aws_url: str) -> tuple[Sent, ...]:
    """Return what was sent by the AWS at `aws_url`: e-mails, then text messages, the oldest first. Raises: OSError."""
    kept = fetch_json(f"{aws_url}/moto-api/data.json")
    return (*_mails(kept["ses"]["Message"]), *_text_messages(kept["sns"]["SMS"]))


def written(messages: Iterable[Sent]) -> str:
    """Return the messages as a person reads them."""
    return "\n\n".join(_written(message) for message in messages) or NOTHING_SENT


def _mails(kept: Iterable[Json]) -> Iterator[Sent]:
    for mail in kept:
        for to in mail["destinations"]["ToAddresses"]:
            yield Sent("e-mail", to, mail["subject"], mail["body"])


def _text_messages(kept: Iterable[Json]) -> Iterator[Sent]:
    for message in kept:
        yield Sent("SMS", message["phone_number"], "", message["message"])


def _written(message: Sent) -> str:
    head = f"{message.channel} to {message.to}" + (f": {message.subject}" if message.subject else "")
    return "\n".join([head, *(f"  {line}".rstrip() for line in message.text.splitlines())])
