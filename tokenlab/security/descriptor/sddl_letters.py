"""The letters of SDDL: types, flags and rights of ACEs ([MS-DTYP] 2.5.1.1; sddl.h)."""

from tokenlab.security.descriptor.ace_fields import AceType

DACL_CODES = {
    "A": AceType.ACCESS_ALLOWED,
    "D": AceType.ACCESS_DENIED,
    "OA": AceType.ACCESS_ALLOWED_OBJECT,
    "OD": AceType.ACCESS_DENIED_OBJECT,
    "XA": AceType.ACCESS_ALLOWED_CALLBACK,
    "XD": AceType.ACCESS_DENIED_CALLBACK,
    "ZA": AceType.ACCESS_ALLOWED_CALLBACK_OBJECT,
}
SACL_CODES = {
    "AU": AceType.SYSTEM_AUDIT,
    "AL": AceType.SYSTEM_ALARM,
    "OU": AceType.SYSTEM_AUDIT_OBJECT,
    "OL": AceType.SYSTEM_ALARM_OBJECT,
    "XU": AceType.SYSTEM_AUDIT_CALLBACK,
    "ML": AceType.SYSTEM_MANDATORY_LABEL,
    "RA": AceType.SYSTEM_RESOURCE_ATTRIBUTE,
    "SP": AceType.SYSTEM_SCOPED_POLICY_ID,
    "TL": AceType.SYSTEM_PROCESS_TRUST_LABEL,
    "FL": AceType.SYSTEM_ACCESS_FILTER,
}
CODE_OF_TYPE = {kind: code for codes in (DACL_CODES, SACL_CODES) for code, kind in codes.items()}
PLAIN_TYPE = {  # an object ACE without a GUID is the plain one
    AceType.ACCESS_ALLOWED_OBJECT: AceType.ACCESS_ALLOWED,
    AceType.ACCESS_DENIED_OBJECT: AceType.ACCESS_DENIED,
    AceType.SYSTEM_AUDIT_OBJECT: AceType.SYSTEM_AUDIT,
    AceType.SYSTEM_ALARM_OBJECT: AceType.SYSTEM_ALARM,
}

FLAG_CODES = {  # in the order in which Windows writes them
    "OI": 0x01,
    "CI": 0x02,
    "NP": 0x04,
    "IO": 0x08,
    "ID": 0x10,
    "CR": 0x20,
    "SA": 0x40,
    "FA": 0x80,
}
FLAG_READ = FLAG_CODES | {"TP": 0x40}

BIT_CODES = {  # single bits, low to high, as Windows writes them
    "CC": 0x00000001,
    "DC": 0x00000002,
    "LC": 0x00000004,
    "SW": 0x00000008,
    "RP": 0x00000010,
    "WP": 0x00000020,
    "DT": 0x00000040,
    "LO": 0x00000080,
    "CR": 0x00000100,
    "SD": 0x00010000,
    "RC": 0x00020000,
    "WD": 0x00040000,
    "WO": 0x00080000,
    "GA": 0x10000000,
    "GX": 0x20000000,
    "GW": 0x40000000,
    "GR": 0x80000000,
}
MASK_CODES = {  # whole masks; Windows writes them only if nothing else is in the mask
    "FA": 0x001F01FF,
    "FR": 0x00120089,
    "FW": 0x00120116,
    "FX": 0x001200A0,
    "KA": 0x000F003F,
    "KR": 0x00020019,
    "KW": 0x00020006,
}
LABEL_CODES = {"NW": 0x1, "NR": 0x2, "NX": 0x4}
MASK_READ = BIT_CODES | MASK_CODES | LABEL_CODES | {"KX": 0x00020019}
CODE_OF_MASK = {mask: code for code, mask in MASK_CODES.items()}
BITS_WITH_CODE = sum(BIT_CODES.values())

# A domain controller was seen (in events 5136) to write these out as numbers, though it reads them:
NEVER_WRITTEN = frozenset({"EA", "SA", "RO", "CN", "KA", "EK"})

ACL_CONTROL = {"P": 0x1000, "AR": 0x0100, "AI": 0x0400}  # of a DACL; those of a SACL are twice that
NO_ACCESS_CONTROL = "NO_ACCESS_CONTROL"
