"""Bytes that arrived for a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """One upload, as the object store announces it.

    `etag` is the store's tag of the bytes, equal for equal bytes that were sent in the same way. `object_version` names
    these bytes for good, whatever is uploaded later. `sequencer` orders the uploads of one document; empty where it is
    unknown. `size_bytes` is 0 where it is unknown.
    """

    etag: str
    object_version: str = ""
    sequencer: str = ""
    size_bytes: int = 0

    def overtaken_by(self, sequencer: str) -> bool:
        """Return whether this is the upload with that sequencer, or one before it.

        Sequencers are hexadecimal; the shorter of two is filled with zeros on its right before they are compared.
        Source: docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
        """
        width = max(len(self.sequencer), len(sequencer))
        return bool(self.sequencer) and self.sequencer.ljust(width, "0") <= sequencer.ljust(width, "0")
