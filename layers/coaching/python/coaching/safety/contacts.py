"""Telephone numbers and addresses in a model's text that nobody has confirmed.

A number that a model writes may be invented, outdated or another country's, and somebody in danger may dial it. So no
number and no address of a model's text is shown unless it stands in the registry or in the creator's material.
"""

from collections.abc import Iterable
from typing import Final

from coaching.safety.contact_addresses import address_key, addresses
from coaching.safety.contact_numbers import digits_of, number_key, numbers
from coaching.safety.contact_spelling import plain

_LONG: Final = 7
"""Digits. Numbers from there on are written with and without a country's prefix; shorter ones are compared whole."""
_LONGEST_PREFIX: Final = 3
"""Digits of a country's prefix. Source: ITU-T E.164."""


def foreign_contacts(text: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers and addresses of `text` that stand in none of the `allowed` texts, as they are written.

    `allowed` are single contacts (`Registry.contacts()`) and whole texts (passages of the creator's material). What is
    returned is a model's or a user's words: it may be counted, never logged.
    """
    written = plain(text)
    found_numbers, found_addresses = numbers(written), addresses(written)
    if not found_numbers and not found_addresses:
        return ()
    known_numbers: set[str] = set()
    known_addresses: set[str] = set()
    for source in map(plain, allowed):
        known_numbers |= {number_key(number) for number in numbers(source)} | digits_of(source)
        known_addresses |= {address_key(address) for address in addresses(source)}
    foreign = [number for number in found_numbers if not _same_number(number_key(number), known_numbers)]
    foreign += [address for address in found_addresses if not _same_address(address_key(address), known_addresses)]
    return tuple(dict.fromkeys(foreign))


def _same_number(number: str, known: set[str]) -> bool:
    return number in known or any(_same_line(number, other) for other in known)


def _same_line(one: str, other: str) -> bool:
    """Return whether two numbers are one, written with and without a country's prefix (+49 800..., 0800...)."""
    international = one.startswith("+") != other.startswith("+")
    shorter, longer = sorted((one.lstrip("+0"), other.lstrip("+0")), key=len)
    if len(shorter) < _LONG or not longer.endswith(shorter):
        return False
    prefix = longer[: len(longer) - len(shorter)]
    return prefix in ("", "1") or (international and len(prefix) <= _LONGEST_PREFIX)


def _same_address(address: str, known: set[str]) -> bool:
    return address in known or any(other.startswith(f"{address}/") for other in known if "/" not in address)
