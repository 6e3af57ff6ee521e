"""The names of the course's machines, beside what Windows takes."""

from tokenlab import worlds

MOST = 15  # letters of a NetBIOS name: Name computers, domains, sites, and OUs


def test_only_two_names_are_longer_than_windows_takes():
    """They stand in every lesson; the fidelity card says so."""
    long = [name for name in worlds.astro().machines if len(name) > MOST]
    assert long == ["MISTAKENOT-SRV-1", "MISTAKENOT-SRV-2"]
