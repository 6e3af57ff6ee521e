"""Reading SDDL: the model beside winacl and sddl-parser, two parsers in Python."""

from benchmarks.inputs import DOMAIN, SIZES, descriptors
from benchmarks.measure import Work, side_by_side, summary
from tokenlab.security import SecurityDescriptor


def peers() -> dict[str, object]:
    """Those that are installed: a function from text to whatever they make of it."""
    found: dict[str, object] = {}
    try:
        from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

        found["winacl"] = lambda text: SECURITY_DESCRIPTOR.from_sddl(text, domain_sid=DOMAIN)
    except ImportError:
        pass
    try:
        from sddl_parser import parse_sddl

        found["sddl-parser"] = parse_sddl
    except ImportError:
        pass
    return found


def measure(count: int, rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    """SDDL texts a second, for each size."""
    results = {}
    for size in SIZES:
        texts = descriptors(size, count)
        readers = {"tokenlab": SecurityDescriptor.from_sddl, **peers()}

        def work(read, texts=texts) -> Work:
            return lambda: [read(text) for text in texts]

        candidates = {name: work(read) for name, read in readers.items()}
        results[f"SDDL, {size} ACEs"] = summary(side_by_side(candidates, rounds, count))
    return results
