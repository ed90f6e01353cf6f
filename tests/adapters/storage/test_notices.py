"""People are told of an escalation by mail and by phone, or it is said that nobody could be."""

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from coaching.adapters.aws.clients import ses_client, sns_client, stepfunctions_client
from coaching.adapters.aws.escalation_watch import StepFunctionsWatch
from coaching.adapters.aws.notices import SesSnsNotices
from coaching.errors import Unavailable
from coaching.safety.escalation.ports import Notice
from coaching.safety.escalation.record import Escalation, EscalationId
from coaching.safety.escalation.rota import Contact
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, CreatorId, UserId, new_ulid, now

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SENDER = "coach@acme.test"
CREATOR = CreatorId("acme")
BOTH = Contact("Anna", "anna@acme.test", "+4915112345678")
MAIL_ONLY, PHONE_ONLY = Contact("Ben", email="ben@acme.test"), Contact("Carla", phone="+4915112345679")


@pytest.fixture
def notice() -> Notice:
    return Notice(CREATOR, EscalationId(new_ulid()), Severity.HIGH, (Topic.SELF_HARM, Topic.ACUTE_CRISIS), round=1)


@pytest.fixture
def notices(aws_address: str) -> SesSnsNotices:
    ses_client(aws_address).create_email_identity(EmailIdentity=SENDER)
    return SesSnsNotices(lambda: ses_client(aws_address), lambda: sns_client(aws_address), SENDER)


def silent_sns() -> "SNSClient":
    once = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    client: SNSClient = boto3.Session(region_name="eu-west-1").client(
        "sns", endpoint_url="http://127.0.0.1:9", config=once
    )
    return client


def sent(about: Notice) -> list[tuple[str, str]]:
    """Return who got what about an escalation, as moto keeps it."""
    from moto.ses.models import ses_backends
    from moto.sns.models import sns_backends

    mailed = [mail for regions in ses_backends.values() for each in regions.values() for mail in each.sent_messages]
    mails = [(mail.destinations["ToAddresses"][0], mail.subject + mail.body) for mail in mailed]
    phoned = [each.sms_messages for regions in sns_backends.values() for each in regions.values()]
    texts = [message for messages in phoned for message in messages.values()]
    return [(to, text) for to, text in [*mails, *texts] if about.escalation_id in text]


def test_a_person_is_told_by_every_address(notices: SesSnsNotices, notice: Notice) -> None:
    assert notices.tell(BOTH, notice) == 0
    (to, mail), (phone, text) = sent(notice)
    assert (to, phone) == ("anna@acme.test", "+4915112345678")
    for said in (mail, text):
        assert "high" in said
        assert "self harm, acute crisis" in said
    assert "Others were told before" in mail
    assert len(text) <= 160


def test_one_way_that_fails_leaves_the_other(notices: SesSnsNotices, notice: Notice) -> None:
    assert SesSnsNotices(notices.ses, silent_sns, SENDER).tell(BOTH, notice) == 1
    assert [to for to, _ in sent(notice)] == ["anna@acme.test"]
    assert SesSnsNotices(notices.ses, notices.sns, "unverified@acme.test").tell(BOTH, notice) == 1
    assert [to for to, _ in sent(notice)] == ["anna@acme.test", "+4915112345678"]


def test_when_none_takes_it_that_is_said(notices: SesSnsNotices, notice: Notice) -> None:
    with pytest.raises(Unavailable):
        SesSnsNotices(notices.ses, silent_sns, SENDER).tell(PHONE_ONLY, notice)
    with pytest.raises(Unavailable):
        SesSnsNotices(notices.ses, notices.sns, "unverified@acme.test").tell(MAIL_ONLY, notice)


def test_without_a_sender_only_the_phone_is_used(notices: SesSnsNotices, notice: Notice) -> None:
    by_phone = SesSnsNotices(notices.ses, notices.sns, "")
    assert by_phone.tell(BOTH, notice) == 0
    assert [to for to, _ in sent(notice)] == ["+4915112345678"]
    with pytest.raises(Unavailable):
        by_phone.tell(MAIL_ONLY, notice)


def escalation() -> Escalation:
    new = EscalationId(new_ulid())
    user, talk = UserId("user-1"), ConversationId("talk")
    return Escalation(new, CREATOR, user, talk, Severity.HIGH, (Topic.SUICIDE,), now(), now(), revision=1)


def test_the_same_round_is_begun_once(aws_address: str) -> None:
    client = stepfunctions_client(aws_address)
    machine = client.create_state_machine(
        name=f"escalation-{new_ulid()}",
        definition='{"StartAt": "Over", "States": {"Over": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/local",
    )["stateMachineArn"]
    watch, raised = StepFunctionsWatch(lambda: client, machine), escalation()
    for _ in range(2):
        watch.begin(raised)
    names = [each["name"] for each in client.list_executions(stateMachineArn=machine)["executions"]]
    assert names == [f"{raised.escalation_id}-r1"]


def test_a_round_that_cannot_be_begun_is_said() -> None:
    once = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    away = boto3.Session(region_name="eu-west-1").client(
        "stepfunctions", endpoint_url="http://127.0.0.1:9", config=once
    )
    with pytest.raises(Unavailable):
        StepFunctionsWatch(lambda: away, "arn:aws:states:eu-west-1:123456789012:stateMachine:e").begin(escalation())
