"""Notices of escalations by e-mail (Amazon SES) and as text messages (Amazon SNS)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws.errors import translated_errors
from coaching.errors import Unavailable
from coaching.safety.escalation.ports import Notice, Notices
from coaching.safety.escalation.rota import Contact

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import EmailContentTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_URGENT: "Mapping[str, MessageAttributeValueTypeDef]" = {
    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
}
"""Sent with priority over promotion. Source: docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html"""


@dataclass(frozen=True, slots=True)
class SesSnsNotices(Notices):
    """`sender` is an address that SES has verified; without one only text messages are sent."""

    ses: "Callable[[], SESV2Client]"
    sns: "Callable[[], SNSClient]"
    sender: str

    def tell(self, contact: Contact, notice: Notice) -> int:
        by_mail = [self._mailed(contact, notice)] if contact.email and self.sender else []
        by_phone = [self._phoned(contact, notice)] if contact.phone else []
        sent = [*by_mail, *by_phone]
        if not any(sent):
            raise Unavailable("None of the addresses took the message.", code="not_sent")
        return sent.count(False)

    def _mailed(self, contact: Contact, notice: Notice) -> bool:
        subject, body = _written(notice)
        content: EmailContentTypeDef = {"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": body}}}}
        return _sent(
            lambda: self.ses().send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [contact.email]},
                Content=content,
            )
        )

    def _phoned(self, contact: Contact, notice: Notice) -> bool:
        subject, _ = _written(notice)
        return _sent(lambda: self.sns().publish(PhoneNumber=contact.phone, Message=subject, MessageAttributes=_URGENT))


def _sent(send: Callable[[], object]) -> bool:
    """Try it. Whatever is refused (an address that is not verified, a number that does not exist) was not sent."""
    from botocore.exceptions import ClientError

    try:
        with translated_errors(Unavailable):
            send()
    except (Unavailable, ClientError):
        return False
    return True


def _written(notice: Notice) -> tuple[str, str]:
    """Return subject and text: no name and no words of the user's."""
    severity = notice.severity.name.lower()
    topics = ", ".join(topic.replace("_", " ") for topic in notice.topics)
    subject = f"Escalation {notice.escalation_id}: {severity}, {topics}"
    again = "" if notice.round == 0 else " Others were told before and have not answered."
    body = (
        f"A user of {notice.creator_id} may need a human. Severity: {severity}. Topic: {topics}.{again}\n\n"
        f"Open your inbox, claim the escalation {notice.escalation_id} and answer. Whoever claims it first holds it."
    )
    return subject, body
