"""A desk of ASTRO with people at work, for the tests of what happens between a logon and an access check."""

import pytest

from tokenlab import worlds
from tokenlab.system import Machine, Process, Refusal

COSMO = (r"ASTRO\cosmo", "open the pod bay doors")
NOVA = (r"ASTRO\nova", "two roads diverged")
LAIKA = (r".\laika", "first in orbit")
DIARY = r"C:\Users\cosmo\Documents\diary.txt"
HOSTS = r"C:\Windows\System32\drivers\etc\hosts"


def desk() -> Machine:
    return worlds.astro().machine("MISTAKENOT-WS-1")


def shell(machine: Machine, who: tuple[str, str]) -> Process:
    """The explorer.exe of somebody who has just logged on."""
    return machine.start("explorer.exe", machine.log_on(*who))


def elevated(machine: Machine, *privileges: str) -> Process:
    """An elevated cmd.exe of nova, with these privileges enabled."""
    process = shell(machine, NOVA).elevate("cmd.exe")
    process.token.adjust_privileges(dict.fromkeys(privileges, 2))
    return process


def error(call, *arguments, **options) -> Refusal:
    """The refusal with which Windows answers this call."""
    with pytest.raises(Refusal) as refusal:
        call(*arguments, **options)
    return refusal.value
