"""An answer of `flips` is applied: then the hop really goes the other way."""

import pytest

from tests.network.scene import Scene
from tokenlab.network import Arrival, Http, Outcome, SmbShare, Way, WinRm, measure
from tokenlab.network.flips import flip_hop, hop_changes
from tokenlab.network.services import Service


def chain(scene: Scene, front: Service, host: str = "A"):
    def hop() -> Outcome:
        first = scene.network.connect(scene.at_desk(), front, host=host, way=Way.NEGOTIATE)
        assert first.thread is not None
        return scene.network.connect(first.thread, SmbShare(scene.b))

    return hop


@pytest.mark.parametrize(
    ("front", "host", "named"),
    [(Http, "A", "Kerberos only"), (Http, "10.0.0.3", "any protocol"), (WinRm, "A", "resource-based")],
)
def test_the_change_that_is_named_fixes_the_hop(front: type[Service], host: str, named: str) -> None:
    scene = Scene()
    hop = chain(scene, front(scene.a), host)
    change = flip_hop(scene.domain, scene.account("cosmo"), scene.account("A$"), "cifs/B", hop)
    assert change is not None and named in change.text
    assert hop().arrival is Arrival.ANONYMOUS  # nothing was left behind
    undo = change.apply()
    assert hop().arrival is Arrival.AS_USER
    undo()
    assert hop().arrival is Arrival.ANONYMOUS


def test_a_sensitive_user_is_what_stands_in_the_way() -> None:
    scene = Scene()
    scene.account("cosmo").sensitive = True
    scene.domain.allow_on_behalf(scene.account("B$"), scene.account("A$"))
    hop = chain(scene, Http(scene.a))
    change = flip_hop(scene.domain, scene.account("cosmo"), scene.account("A$"), "cifs/B", hop)
    assert change is not None and "not sensitive" in change.text


def test_a_success_one_would_rather_prevent_is_flipped_too() -> None:
    scene = Scene()
    scene.domain.delegation(scene.account("A$")).unconstrained = True
    hop = chain(scene, Http(scene.a))
    change = flip_hop(
        scene.domain, scene.account("cosmo"), scene.account("A$"), "cifs/B", hop, Arrival.ANONYMOUS
    )
    assert change is not None and "sensitive" in change.text


def test_changes_come_in_the_order_of_their_exposure() -> None:
    """What lies there first, then who can be played: [MS-SFU] 3.1.5.2.4, 5.1."""
    scene = Scene()
    found = []
    for change in list(hop_changes(scene.domain, scene.account("cosmo"), scene.account("A$"), "cifs/B"))[:4]:
        undo = change.apply()
        first = scene.network.connect(scene.at_desk(), Http(scene.a))
        assert first.thread is not None
        assert scene.network.connect(first.thread, SmbShare(scene.b)).arrival is Arrival.AS_USER
        found.append(measure(scene.network, [scene.a]))
        undo()
        first.close()
    assert found == sorted(found) == [(1, 0), (1, 3), (1, 3), (3, 0)]
