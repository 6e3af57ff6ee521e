"""GUIDs of things that Windows numbers by chance: here by name, so that every run has the same."""


def guid_of(name: str) -> str:
    """The GUID of version 5 (RFC 9562, 5.5) of a name, in braces as Windows writes it."""
    from uuid import NAMESPACE_DNS, uuid5  # a tenth of what `import tokenlab` would cost

    return f"{{{uuid5(NAMESPACE_DNS, name)}}}"
