r"""Ready-made scenes: people, machines and things to try the rules on.

`astro` makes the domain of the course; `objects` holds descriptors as a default Windows has them, `tokens`
what some people's tokens say.

>>> desk = astro().machine("MISTAKENOT-WS-1")
>>> desk.log_on(r"ASTRO\cosmo", "open the pod bay doors").context.user.rid
1104
"""

from tokenlab.worlds.astro import astro
from tokenlab.worlds.world import World

__all__ = ["World", "astro"]
