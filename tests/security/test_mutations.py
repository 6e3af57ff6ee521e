"""Damaged text and bytes: the documented error or a whole descriptor, nothing else, and never a hang.

Mutations of real and made-up descriptors, from a fixed seed; 200,000 in all.
"""

import os
import random

import pytest

from tokenlab.security import SecurityDescriptor
from tokenlab.security.descriptor.sddl import SddlError
from tokenlab.security.descriptor.wire import WireError

SEED = int(os.environ.get("TOKENLAB_SEED", "20"))
MUTATIONS = int(os.environ.get("TOKENLAB_MUTATIONS", "200000")) // 2
TEXTS = [
    "O:SYG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;OICIIOID;GA;;;CO)",
    "O:BAG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)S:(AU;FA;KA;;;WD)",
    "D:PARAI(OA;CI;RPWP;f30e3bbf-9ff0-11d1-b603-0000f80367c1;bf967aa5-0de6-11d0-a285-00aa003049e2;PS)",
    'D:(XA;;FX;;;WD;(@User.Title == "PM" && (Member_of {SID(BA), SID(S-1-5-80-1)} || @Device.a > -0x10)))',
    'O:SYG:SYD:NO_ACCESS_CONTROLS:(RA;;;;;WD;("colour",TS,0x0,"blue","red"))(ML;;NWNR;;;HI)(SP;;;;;S-1-17-1)',
    "O:S-1-5-21-1-2-3-1000G:S-1-0x12A05F200-30-40D:(D;OICINPIOIDSAFA;0xe00f0000;;;S-1-5-80-1-2-3-4-5)",
    "D:(ZA;;CR;00000000-0000-0000-0000-000000000001;;AU;(Not_Member_of {SID(WD)}))"
    "S:(XU;SA;FA;;;WD;(a == #1f))",
]
PIECES = [
    "(",
    ")",
    ";",
    ":",
    "S-1-",
    "0x",
    "D:",
    "S:",
    " ",
    '"',
    "{",
    "}",
    "&&",
    "||",
    "!",
    "@User.",
    "%",
    "\0",
    "é",
]
PIECES += ["999999999999999999999999", "-", "SID(", "((((((((", ";;;;;;", "\ud800", "Member_of", ","]


def mutated_text(random_, text):
    for _ in range(random_.randint(1, 4)):
        place = random_.randrange(len(text) + 1)
        match random_.randrange(4):
            case 0:
                text = text[:place] + random_.choice(PIECES) + text[place:]
            case 1:
                text = text[:place] + text[place + random_.randint(1, 8) :]
            case 2:
                text = text[:place] + chr(random_.randrange(1, 0x180)) + text[place + 1 :]
            case 3:
                other = random_.randrange(len(text) + 1)
                text = text[:place] + text[other : other + 20] + text[place:]
    return text


def mutated_bytes(random_, data):
    data = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        place = random_.randrange(len(data))
        match random_.randrange(4):
            case 0:
                data[place] = random_.randrange(256)
            case 1:
                del data[place : place + random_.randint(1, 8)]
            case 2:
                data[place:place] = random_.randbytes(random_.randint(1, 8))
            case 3:
                data[place] ^= 1 << random_.randrange(8)
        if not data:
            data = bytearray(1)
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_mutated_text_raises_only_the_documented_error(part):
    random_ = random.Random(f"{SEED} text {part}")
    read = 0
    for _ in range(MUTATIONS // 4):
        text = mutated_text(random_, random_.choice(TEXTS))
        try:
            descriptor = SecurityDescriptor.from_sddl(text, "S-1-5-21-1-2-3")
        except SddlError as error:
            assert error.reason and 0 <= error.position <= len(text), text
            continue
        read += 1
        again = SecurityDescriptor.from_sddl(descriptor.to_sddl())
        assert again.to_sddl() == descriptor.to_sddl(), text
        assert SecurityDescriptor.from_bytes(descriptor.to_bytes()) == descriptor, text
    assert 0 < read < MUTATIONS // 4


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_mutated_bytes_raise_only_the_documented_error(part):
    random_ = random.Random(f"{SEED} bytes {part}")
    originals = [SecurityDescriptor.from_sddl(text, "S-1-5-21-1-2-3").to_bytes() for text in TEXTS]
    read = 0
    for _ in range(MUTATIONS // 4):
        data = mutated_bytes(random_, random_.choice(originals))
        try:
            descriptor = SecurityDescriptor.from_bytes(data)
        except WireError as error:
            assert error.reason and error.offset >= 0, data.hex()
            continue
        read += 1
        assert SecurityDescriptor.from_bytes(descriptor.to_bytes()) == descriptor, data.hex()
        repr(descriptor)
        for ace in (*(descriptor.dacl or ()), *(descriptor.sacl or ())):
            str(ace)
    assert 0 < read < MUTATIONS // 4


@pytest.mark.parametrize(
    "text",
    [
        "D:" + "(" * 100_000,
        "D:(A;;" + "FA" * 50_000 + ";;;WD)",
        "D:(XA;;FA;;;WD;" + "(!" * 50_000 + "(a)" + ")" * 100_001,
        "D:(XA;;FA;;;WD;(" + "a == 1 && " * 20_000 + "a == 1))",
        "D:" + "(A;;FA;;;WD)" * 10_000,
        "O:S-1-5" + "-1" * 50_000,
        "O:" + " " * 100_000,
        "D:" + "P" * 100_000 + "(",
        'S:(RA;;;;;WD;("a",TS,0x0,' + '"b",' * 30_000 + '"c"))',
        "D:(A;;0x" + "f" * 100_000 + ";;;WD) x",
        "O:S-1-5-" + "9" * 100_000,
    ],
    ids=range(11),
)
def test_hostile_text_is_read_or_refused_in_good_time(text):
    try:
        SecurityDescriptor.from_sddl(text)
    except SddlError as error:
        assert len(str(error)) < 1000
