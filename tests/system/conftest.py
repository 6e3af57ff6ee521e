"""A domain and a machine of it, with the accounts of `people`."""

import pytest

from tests.system.people import BOB, CONTEXT, COSMO, DOMAIN, EVE, NOVA, ROOT
from tokenlab.system import Directory, ElevationType, Machine, Token
from tokenlab.values import Luid, LuidSource


@pytest.fixture
def domain() -> Directory:
    astro = Directory("ASTRO", DOMAIN, "astro.example")
    astro.add_user("cosmo", COSMO[1])
    astro.add_user("nova", NOVA[1], "Domain Admins")
    return astro


@pytest.fixture
def desk(domain: Directory) -> Machine:
    machine = Machine("WS-1", domain)
    machine.sam.add_user("bob", BOB[1], "Administrators")
    machine.sam.add_user("eve", EVE[1])
    root = machine.sam.find("Administrator")
    assert root is not None
    root.enabled, root.password = True, ROOT[1]
    return machine


@pytest.fixture
def token() -> Token:
    return Token(CONTEXT, Luid(0x1234), LuidSource(), elevation_type=ElevationType.FULL, elevated=True)
