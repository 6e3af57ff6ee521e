"""Messages on the wire, and who knows what once they have passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class ProtocolMessage:
    """One message: its protocol's name for it, what it says, and the secrets that it hands over.

    ``carries`` are secrets of which the receiver can make use afterwards: a key, a ticket, a password.
    """

    sender: str
    receiver: str
    name: str
    text: str
    carries: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sender} -> {self.receiver}: {self.name}: {self.text}"


def knowledge(messages: Iterable[ProtocolMessage]) -> dict[str, tuple[str, ...]]:
    """What each party holds after these messages that it was handed by one of them."""
    known: dict[str, dict[str, None]] = {}
    for message in messages:
        known.setdefault(message.sender, {})
        known.setdefault(message.receiver, {}).update(dict.fromkeys(message.carries))
    return {party: tuple(secrets) for party, secrets in known.items()}
