"""Three machines, two people, and the ways from one to the next."""

from tokenlab.network import Domain, Network, RemoteDesktop, RemoteService, SmbShare, WinRm
from tokenlab.system import Clock, Directory, LogonType, Machine, Thread

SID = "S-1-5-21-397955417-626881126-188441444"
COSMO, NOVA = r"ASTRO\cosmo", r"ASTRO\nova"
PASSWORDS = {COSMO: "open the pod bay doors", NOVA: "two roads diverged"}


class Scene:
    """A controller DC, a desk WS, the first server A, the second one B."""

    def __init__(self) -> None:
        clock = Clock()
        directory = Directory("ASTRO", SID, "astro.example")
        directory.add_user("cosmo", PASSWORDS[COSMO])
        directory.add_user("nova", PASSWORDS[NOVA], "Domain Admins")
        directory.add_user("svc-web", "per aspera ad astra")
        self.directory, self.domain = directory, Domain(directory)
        self.controller = Machine("DC", directory, sid=SID, controller=True, clock=clock)
        self.network = Network(self.domain, self.controller)
        self.desk, self.a, self.b = (
            self.network.add(Machine(name, directory, sid=f"S-1-5-21-1-2-{number}", clock=clock))
            for number, name in enumerate(("WS", "A", "B"), 3)
        )
        cosmo = directory.find("cosmo")
        assert cosmo is not None
        for machine in (self.a, self.b):
            machine.sam.add_members("Remote Management Users", cosmo.sid)
            machine.sam.add_members("Remote Desktop Users", cosmo.sid)
        self.clock = clock

    def at_desk(self, name: str = COSMO) -> Thread:
        """Somebody sits down at the desk."""
        return self.desk.start("explorer.exe", self.desk.log_on(name, PASSWORDS[name])).thread

    def account(self, name: str):
        return self.domain.account(name)


__all__ = [
    "COSMO",
    "NOVA",
    "PASSWORDS",
    "LogonType",
    "RemoteDesktop",
    "Scene",
    "RemoteService",
    "SmbShare",
    "WinRm",
]
