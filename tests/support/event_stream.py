"""Writes AWS's binary event stream: what ConverseStream answers with.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html. A message is the prelude (its
whole length and that of its headers), the prelude's checksum, the headers, the payload and the checksum of all.
"""

import json
import struct
from zlib import crc32

_STRING = 7


def event(name: str, **payload: object) -> bytes:
    """Return the message of an event, such as `contentBlockDelta`."""
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, json.dumps(payload, ensure_ascii=False).encode())


def exception(name: str, sentence: str) -> bytes:
    """Return the message of an error within a stream, such as `throttlingException`."""
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, json.dumps({"message": sentence}).encode())


def message(headers: dict[str, str], payload: bytes) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    start = prelude + struct.pack("!I", crc32(prelude)) + encoded + payload
    return start + struct.pack("!I", crc32(start))


def _header(name: str, value: str) -> bytes:
    called, said = name.encode(), value.encode()
    return struct.pack("!B", len(called)) + called + struct.pack("!BH", _STRING, len(said)) + said
