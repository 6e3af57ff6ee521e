"""The teacher's secret, from which the worlds of an exam are made."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

SHORTEST = 32  # characters


class ExamError(ValueError):
    """An exam that cannot be made or marked, and why."""


def new_secret(path: Path) -> None:
    """Write a new secret that only the owner may read. Raises FileExistsError, OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def read_secret(path: Path) -> bytes:
    """Raises `ExamError` for one that could be guessed; OSError."""
    secret = path.read_bytes().strip()
    if len(secret) < SHORTEST or len(set(secret)) < 8:
        raise ExamError(f"{path} is no secret: expected {SHORTEST} random characters or more")
    return secret


def world(secret: bytes, title: str, student: str) -> str:
    """The name whose world a student has in an exam; nobody can make it without the secret."""
    words = "\0".join([title, student.strip().casefold()])
    return "exam-" + hmac.new(secret, words.encode(), hashlib.sha256).hexdigest()
