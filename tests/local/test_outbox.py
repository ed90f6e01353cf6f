"""What the system would have sent, as it is told."""

from pathlib import Path

import pytest

from local.__main__ import main
from local.cloud import NOTICE_SENDER
from local.outbox import NOTHING_SENT, Sent, outbox, written
from tests.support.small_cloud import SmallCloud

pytestmark = pytest.mark.xdist_group("aws")


def mail(aws: SmallCloud, *to: str, subject: str = "Escalation", text: str = "Open your inbox.\nClaim it.") -> None:
    aws.cloud.clients.ses.send_email(
        FromEmailAddress=NOTICE_SENDER,
        Destination={"ToAddresses": list(to)},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}},
    )


def test_what_was_sent_is_told_the_oldest_first(aws: SmallCloud) -> None:
    before = outbox(aws.cloud.url)
    mail(aws, "anna@demo.test", "ben@demo.test")
    mail(aws, "anna@demo.test", subject="Another")
    aws.cloud.clients.sns.publish(PhoneNumber="+4915112345678", Message="Escalation 1: high")
    new = [message for message in outbox(aws.cloud.url) if message not in before]
    assert new == [
        Sent("e-mail", "anna@demo.test", "Escalation", "Open your inbox.\nClaim it."),
        Sent("e-mail", "ben@demo.test", "Escalation", "Open your inbox.\nClaim it."),
        Sent("e-mail", "anna@demo.test", "Another", "Open your inbox.\nClaim it."),
        Sent("SMS", "+4915112345678", "", "Escalation 1: high"),
    ]


def test_it_is_written_as_a_person_reads_it() -> None:
    messages = (Sent("e-mail", "a@b.c", "Subject", "One.\n\nTwo."), Sent("SMS", "+49151", "", "Short."))
    assert written(messages) == "e-mail to a@b.c: Subject\n  One.\n\n  Two.\n\nSMS to +49151\n  Short."


def test_nothing_sent_is_said() -> None:
    assert written([]) == NOTHING_SENT


def test_it_needs_a_running_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "outbox"]) == 1
    assert "make run" in capsys.readouterr().err
