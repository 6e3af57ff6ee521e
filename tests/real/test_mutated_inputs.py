"""Any text is read, or refused with the documented error: spoilt inputs over all readers.

`TOKENLAB_CASES` says how many for each reader, `TOKENLAB_SEED` where to start; ``-s`` shows the slowest case.
Descriptors as text and bytes have `tests/security/test_mutations.py`.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest

from tests.real import written
from tests.real.evtx_writer import evtx
from tests.real.test_descriptors import GET_ACL, PUBLIC, SDSHOW
from tests.real.test_whoami import ANSIBLE
from tests.support import cases, seed
from tokenlab.real import (
    DescriptorTextError,
    EventError,
    WhoamiError,
    from_whoami,
    load_events,
    read_descriptor,
    read_events,
)
from tokenlab.real.exports import ExportError, read_descriptors
from tokenlab.teach.grade.lines import BadMessage, strict
from tokenlab.teach.grade.notebook import NotebookError, code_cells
from tokenlab.worlds.busy_day import busy_day

LOGS = [write(busy_day().log[5:9]) for write in written.FORMS.values()]
WHOAMI = (
    "User Name   SID\n=========== ========================\nastro\\pixel S-1-5-21-7-7-7-1300\n\n"
    "Everyone Well-known group S-1-1-0 Mandatory group, Enabled by default, Enabled group\n"
    "BUILTIN\\Administrators Alias S-1-5-32-544 Enabled by default, Enabled group, Group owner\n"
    "Mandatory Label\\High Mandatory Level Label S-1-16-12288\nSeDebugPrivilege Debug programs Enabled\n"
)
SCRAPS = [
    *(
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        ",",
        ":",
        "<",
        ">",
        "</Event>",
        "<Event>",
        "<![CDATA[",
        "&",
        "&#2;",
        "\\u",
        "\\ud800",
    ),
    *(
        "null",
        "1e999",
        "-1",
        "NaN",
        "[[[[",
        '{"Event":',
        '{"win":',
        "\0",
        "\ud800",
        "\ufffe",
        "\n",
        "\r\n",
        "\t",
        "(",
        ")",
    ),
    *(
        "S-1-5-21-",
        "xx",
        "(OI)",
        ":(F)",
        "D:",
        "O:BA",
        "Sddl :",
        "Access :",
        "winlog.",
        "_raw",
        "EventID",
        "System",
        "C:\\",
    ),
]
READERS: dict[str, tuple[Callable[[str], object], type[Exception], list[str]]] = {
    "events": (read_events, EventError, LOGS),
    "whoami": (from_whoami, WhoamiError, [WHOAMI, str(ANSIBLE).replace("'", '"')]),
    "descriptors": (read_descriptor, DescriptorTextError, [PUBLIC, GET_ACL, SDSHOW]),
    "exports": (
        lambda text: read_descriptors(text.splitlines(keepends=True)),
        ExportError,
        [
            PUBLIC,
            'Path,Sddl\nC:\\x,"O:BAG:SYD:(A;;FA;;;SY)"\n',
            '{"Path": "x", "Sddl": "O:BAG:SYD:"}\n',
            "a\nD:(A;;FA;;;SY)\n",
        ],
    ),
    "notebooks": (
        lambda text: code_cells(text.encode(errors="surrogatepass")),
        NotebookError,
        ['{"cells": [{"cell_type": "code", "source": ["1\\n", "2"]}], "nbformat": 4}'],
    ),
    "answers": (
        lambda text: strict(text.encode(errors="surrogatepass")),
        BadMessage,
        ['{"answer": "04.1", "plain": [1, "A", {"x": null}]}', '{"failed": 3, "error": "NameError"}'],
    ),
}


def spoilt(text: str, dice: random.Random) -> str:
    """The text with a few pieces dropped, doubled, moved or replaced."""
    for _ in range(dice.choice([1, 1, 1, 2, 3, 8])):
        start = dice.randrange(len(text) + 1)
        end = min(len(text), start + dice.choice([0, 0, 1, 2, 5, 40, 400]))
        piece = dice.choice(
            [*SCRAPS, "", text[start:end] * 2, text[end : end + 60], dice.choice(SCRAPS) * 20]
        )
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.parametrize("name", READERS)
def test_a_spoilt_input_is_read_or_refused_with_the_documented_error(name):
    read, refused, originals = READERS[name]
    start, total, slowest = seed(), cases(1000), (0.0, 0)
    for number in range(total):
        text = spoilt(originals[number % len(originals)], random.Random(f"{start} {number}"))
        begun = process_time()
        try:
            read(text)
        except refused as error:
            assert len(str(error)) < 2000, (start, number)
        except Exception as error:
            pytest.fail(f"seed {start}, case {number}: {type(error).__name__}: {error}")
        slowest = max(slowest, (process_time() - begun, number))
    print(f"{name}: {total:,} cases from seed {start}; case {slowest[1]:,} took longest, {slowest[0]:.3f} s")


def test_a_spoilt_binary_log_is_read_or_refused_with_the_documented_error(tmp_path):
    """Few of these: a chunk has 64 KiB."""
    pytest.importorskip("evtx")
    whole, file = evtx(list(busy_day().log)[:4]), tmp_path / "Security.evtx"
    start, end = seed(), whole.rindex(b"*\x2a\0\0") + 2000
    for number in range(cases(1000) // 20):
        dice, data = random.Random(f"{start} {number}"), bytearray(whole)
        for _ in range(dice.choice([1, 2, 8])):
            data[dice.randrange(end)] = dice.choice([0, 1, 0x0C, 0x41, 0xFF, dice.randrange(256)])
        file.write_bytes(data[: dice.choice([len(data), dice.randrange(len(data))])])
        with suppress(EventError):
            load_events(file)
