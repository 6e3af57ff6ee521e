"""The made-up people, groups, machines and things of the exercises."""

PEOPLE = (
    "ada", "amelia", "anousheh", "bessie", "caroline", "chandra", "christa", "eileen", "ellen", "grace",
    "guion", "hypatia", "jerrie", "judith", "kalpana", "katherine", "laurel", "mae", "margaret", "mary",
    "neil", "nichelle", "peggy", "rita", "sally", "sergei", "shannon", "sunita", "svetlana", "tamara",
    "valentina", "vera", "wally", "williamina", "yuri", "yvonne",
)  # fmt: skip
GROUPS = (
    "Astronomers", "Booster Crew", "Calibration", "Deep Field", "Docking", "Eclipse Watch", "Flight Ops",
    "Ground Station", "Guidance", "Launch Team", "Mission Control", "Navigators", "Observers", "Orbit Desk",
    "Payload", "Pilots", "Recovery", "Rover Team", "Telemetry", "Trackers",
)  # fmt: skip
DOMAINS = (
    "ANTARES",
    "BELLATRIX",
    "CAPELLA",
    "DENEB",
    "ELTANIN",
    "FOMALHAUT",
    "MIZAR",
    "POLARIS",
    "RIGEL",
    "VEGA",
)
HOSTS = (
    "ARECIBO", "ATACAMA", "CANBERRA", "EFFELSBERG", "GOLDSTONE", "GREENBANK", "HALEAKALA", "JODRELL", "KECK",
    "KITTPEAK", "LASILLA", "LOWELL", "MADRID", "MEERKAT", "MOUNTWILSON", "PALOMAR", "PARANAL", "PARKES",
    "SOCORRO", "YERKES",
)  # fmt: skip
FOLDERS = (
    "Charts",
    "Flights",
    "Logbook",
    "Maps",
    "Orbits",
    "Plates",
    "Probes",
    "Spectra",
    "Surveys",
    "Transits",
)
FILES = (
    "albedo.txt", "apogee.txt", "aurora.txt", "corona.txt", "equinox.txt", "ephemeris.txt", "nadir.txt",
    "parallax.txt", "perihelion.txt", "redshift.txt", "solstice.txt", "zenith.txt",
)  # fmt: skip
