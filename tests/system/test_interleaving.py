"""Two threads on one token: deterministic, whatever the order."""

from math import comb

import pytest

from tests.system.scene import desk, elevated
from tokenlab import ProcessRights
from tokenlab.system import ImpersonationLevel, TokenType, interleave, orders


def race(order):
    """A switches a privilege on, opens lsass, and off again; B only tidies up."""
    machine = desk()
    process = elevated(machine)
    shared = process.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION)
    a, b = process.thread, process.new_thread()
    a.set_token(shared)
    b.set_token(shared)
    lsass = machine.process("lsass.exe")
    story = interleave(
        {
            "A": [
                ("enable", lambda: a.token.adjust_privileges({"SeDebugPrivilege": 2})),
                ("open", lambda: a.open(lsass, ProcessRights.VM_READ)),
            ],
            "B": [("disable", lambda: b.token.disable_all_privileges())],
        },
        order,
    )
    return [(step.thread, step.what, step.refused) for step in story]


def test_only_one_order_fails():
    bad = [order for order in orders({"A": 2, "B": 1}) if any(refused for _, _, refused in race(order))]
    assert bad == ["ABA"]


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 2), (3, 4)])
def test_every_order_comes_once(a, b):
    found = list(orders({"A": a, "B": b}))
    assert len(found) == len(set(found)) == comb(a + b, a)
    assert all(order.count("A") == a and order.count("B") == b for order in found)


@pytest.mark.parametrize("order", ["", "A", "AAB", "AC", "ABB"])
def test_an_order_must_fit(order):
    ran = []
    step = ("step", lambda: ran.append(1))
    with pytest.raises(ValueError, match="for example 'AB'"):
        interleave({"A": [step], "B": [step]}, order)
    assert not ran
