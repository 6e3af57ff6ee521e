"""Machines that can reach each other: their addresses, and their names in DNS."""

from __future__ import annotations

from tokenlab.network.domain import Domain
from tokenlab.network.services import RemoteService
from tokenlab.system import Machine


class HostNames:
    """Machines by name, in the order in which they were plugged in."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.machines: dict[str, Machine] = {}
        self._addresses: dict[str, str] = {}
        self._aliases: dict[str, str] = {}

    @property
    def dns_name(self) -> str:
        """The domain in the long form, ``astro.example``."""
        return self.domain.directory.dns_name

    def add(self, machine: Machine) -> Machine:
        """Plug a machine in: it gets an address, and its account the names of its services."""
        number = len(self.machines)
        self.machines[machine.name] = machine
        self._addresses[machine.name] = f"10.0.{number // 250}.{number % 250 + 1}"
        if machine.domain is self.domain.directory:
            self.domain.register_computer(machine.name)
        return machine

    def address(self, machine: Machine) -> str:
        """The address of a machine: 10.0.0.1 is the first one's."""
        return self._addresses[machine.name]

    def alias(self, name: str, machine: Machine) -> None:
        """A second name in DNS (CNAME) that leads to the machine's own. It is no service principal name."""
        self._aliases[name.lower()] = machine.name

    def find_host(self, host: str, service: RemoteService) -> str:
        """The host for whose service a client asks a ticket: web and database clients follow an alias to
        the name it stands for, others take the name that was typed."""
        return self._aliases.get(host.lower(), host) if service.canonical else host
