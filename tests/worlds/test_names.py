"""The names of machines, beside what Windows takes (Name computers, domains, sites, and OUs)."""

import pytest

from tokenlab.system import Machine


def test_a_machine_has_a_name_that_netbios_takes():
    """Every world of the course is made of such machines, so every name in it is one."""
    assert Machine("MISTAKENOT-SRV1").name == "MISTAKENOT-SRV1"
    for name in ("MISTAKENOT-SRV-1", ""):
        with pytest.raises(ValueError, match="1 to 15 letters"):
            Machine(name)
