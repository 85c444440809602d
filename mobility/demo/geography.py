"""The countries of the demo: languages, ministries, posts, what people there do for a living; facts of a tale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Destination:
    """A country of work: its ministry, and the regions where the demo's jobs are."""

    country: str
    ministry: str
    currency: str
    regions: Sequence[str]


@dataclass(frozen=True)
class Origin:
    """A country that workers come from; ``share`` of all workers, ``english`` the mean CEFR level of English there."""

    country: str
    ministry: str
    language: str
    posts: Sequence[tuple[str, str]]
    share: float
    english: float
    disaster: str | None
    stricken: Sequence[str] = ()


DESTINATIONS = (
    Destination(
        "US",
        "Department of Labor (demonstration)",
        "USD",
        ("US-FL", "US-CA", "US-TX", "US-NC", "US-GA", "US-WA", "US-LA", "US-CO", "US-ME", "US-AK"),
    ),
    Destination("CA", "Employment and Social Development (demonstration)", "CAD", ("CA-ON", "CA-QC", "CA-BC", "CA-NB")),
)

ORIGINS = (
    Origin(
        "GT",
        "Ministerio de Trabajo y Previsión Social (demostración)",
        "es",
        (("Consulado en Miami", "US"), ("Consulado en Los Ángeles", "US")),
        0.30,
        1.2,
        None,
    ),
    Origin(
        "HN",
        "Secretaría de Trabajo y Seguridad Social (demostración)",
        "es",
        (("Consulado en Houston", "US"), ("Consulado en Nueva Orleans", "US")),
        0.22,
        1.3,
        "HN-2025-flood-sula",
        ("HN-CR", "HN-YO"),
    ),
    Origin(
        "SV",
        "Ministerio de Trabajo y Previsión Social de El Salvador (demostración)",
        "es",
        (("Consulado en Houston", "US"), ("Consulado en Woodbridge", "US")),
        0.18,
        1.4,
        None,
    ),
    Origin(
        "JM",
        "Ministry of Labour and Social Security (demonstration)",
        "en",
        (("Liaison Office in Leamington", "CA"), ("Consulate in Miami", "US")),
        0.18,
        6.0,
        "JM-2025-hurricane-west",
        ("JM-11", "JM-10"),
    ),
    Origin(
        "HT",
        "Ministère des Affaires sociales et du Travail (démonstration)",
        "fr",
        (("Consulat à Montréal", "CA"), ("Consulat à Orlando", "US")),
        0.12,
        1.0,
        None,
    ),
)


@dataclass(frozen=True)
class Trade:
    """A kind of work: how common it is among workers and jobs, the share of women, and pay an hour in USD."""

    isco: str
    workers: float
    jobs: float
    women: float
    pay: str
    title: str
    scheme: str


#: ISCO-08 unit groups of the demo; ``scheme`` is the example scheme whose jobs they are.
TRADES = (
    Trade("9211", 20, 26, 0.35, "16.98", "Harvest worker, vegetables and berries", "farm"),
    Trade("9212", 4, 4, 0.20, "17.20", "Livestock farm worker", "farm"),
    Trade("9213", 4, 3, 0.30, "16.98", "Mixed crop and livestock worker", "farm"),
    Trade("8341", 2, 3, 0.05, "19.40", "Farm machinery operator", "farm"),
    Trade("9214", 7, 8, 0.25, "17.85", "Landscape and nursery worker", "service"),
    Trade("9112", 10, 8, 0.88, "15.90", "Housekeeping cleaner, seasonal hotel", "service"),
    Trade("9412", 7, 6, 0.62, "15.60", "Kitchen helper", "service"),
    Trade("5131", 4, 3, 0.60, "15.20", "Waiter, seasonal resort", "service"),
    Trade("9313", 9, 5, 0.05, "19.10", "Construction helper", "service"),
    Trade("9215", 3, 4, 0.08, "18.70", "Forest and reforestation worker", "service"),
    Trade("7511", 4, 4, 0.40, "17.30", "Seafood and meat processor", "service"),
    Trade("9329", 6, 3, 0.48, "16.40", "Factory helper", "service"),
    Trade("9333", 4, 2, 0.10, "17.60", "Freight handler", "service"),
    Trade("7115", 3, 2, 0.03, "27.40", "Carpenter", "skilled"),
    Trade("7212", 3, 3, 0.05, "29.10", "Welder", "skilled"),
    Trade("8332", 3, 2, 0.04, "27.90", "Heavy truck driver", "skilled"),
    Trade("5322", 5, 3, 0.92, "24.30", "Home care worker", "skilled"),
    Trade("5321", 2, 2, 0.88, "25.60", "Health care assistant", "skilled"),
)

#: Which example scheme takes which kind of work, by destination.
SCHEMES: Mapping[tuple[str, str], str] = {
    ("US", "farm"): "us_h2a_like",
    ("US", "service"): "us_h2b_like",
    ("CA", "farm"): "ca_sawp_like",
    ("CA", "skilled"): "skilled_corridor",
}
#: Employers' names: what they are called and what they do.
EMPLOYER_STEMS = (
    "Blue Heron",
    "Cedar Hollow",
    "Copper Creek",
    "Eagle Ridge",
    "Fern Valley",
    "Golden Acre",
    "Grey Fox",
    "Harbor Point",
    "High Plains",
    "Juniper",
    "Long Meadow",
    "Maple Bend",
    "North Shore",
    "Old Mill",
    "Palmetto",
    "Pine Barren",
    "Red Barn",
    "River Bluff",
    "Sand Hill",
    "Silver Lake",
)
EMPLOYER_KINDS = {
    "farm": ("Farms", "Orchards", "Growers", "Berry Company"),
    "service": ("Resort", "Landscaping", "Seafood", "Hospitality", "Contractors", "Forestry"),
    "skilled": ("Care Homes", "Fabrication", "Transport", "Builders"),
}
