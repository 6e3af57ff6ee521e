"""Ready-made scenes: people and things to try the access check on.

`objects` holds descriptors as a default Windows has them, `tokens` what some people's tokens say.
"""
