"""Writes the sample bundle: the publisher's columns and file names, with occupations and skills of our own invention."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent / "ESCO dataset - v1.9.0 - classification - csv"
BASE = "http://data.europa.eu/esco"
IN_SCHEME = f"{BASE}/concept-scheme/occupations, {BASE}/concept-scheme/member-occupations"
DAY = "2030-01-15T10:00:00.000Z"


def uuid(kind: str, number: int) -> str:
    return f"{kind * 8}-0000-4000-8000-{number:012}"


def occupation_uri(number: int) -> str:
    return f"{BASE}/occupation/{uuid('a', number)}"


def skill_uri(number: int) -> str:
    return f"{BASE}/skill/{uuid('b', number)}"


#: number, ISCO-08 unit group, code, and (preferred, alternative) labels in en, es, fr.
OCCUPATIONS = (
    (1, "9211", "9211.1", ("melon harvester", "melon picker\nmelon field hand"), ("cosechador de melón/cosechadora de melón", "melonero\nmelonera"), ("récolteur de melons/récolteuse de melons", "cueilleur de melons")),
    (2, "9211", "9211.1.1", ("night melon harvester", ""), ("cosechador nocturno de melón", ""), ("récolteur de melons de nuit", "")),
    (3, "7212", "7212.9", ("pipe welder", "MIG pipe welder\nwelder of pipes"), ("soldador de tuberías/soldadora de tuberías", "soldador MIG"), ("soudeur de tubes/soudeuse de tubes", "soudeur MIG")),
    (4, "9313", "9313.7", ("bricklayer's helper", "mason's mate\nhod carrier"), ("ayudante de albañil", "peón de albañil"), ("aide-maçon/aide-maçonne", "manœuvre maçon")),
)  # fmt: skip
#: number, type, and (preferred, alternative) labels in en, es, fr; the last has none in French.
SKILLS = (
    (1, "skill/competence", ("pick melons by hand", "hand-pick melons"), ("cosechar melones a mano", "recoger melones"), ("cueillir des melons à la main", "")),
    (2, "skill/competence", ("weld pipes by MIG", "MIG welding\nmetal inert gas welding"), ("soldar tuberías por MIG", "soldadura MIG"), ("souder des tubes au MIG", "soudure MIG")),
    (3, "skill/competence", ("mix mortar", "prepare mortar"), ("preparar mortero", "hacer mezcla"), ("gâcher du mortier", "préparer le mortier")),
    (4, "knowledge", ("types of melon", ""), ("tipos de melón", ""), ("", "")),
)  # fmt: skip
NEEDS = ((1, 1, "essential"), (1, 4, "optional"), (3, 2, "essential"), (4, 3, "essential"))
GROUP = f"{BASE}/skill/S9.9"
LANGUAGES = ("en", "es", "fr")


def write(name: str, headings: str, rows: list[tuple[str, ...]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(headings.split(","))
        writer.writerows(rows)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for at, language in enumerate(LANGUAGES):
        write(
            f"occupations_{language}.csv",
            "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status,modifiedDate,"
            "regulatedProfessionNote,scopeNote,definition,inScheme,description,code",
            [
                (
                    "Occupation",
                    occupation_uri(number),
                    isco,
                    *labels[at],
                    "",
                    "released",
                    DAY,
                    "",
                    "",
                    "",
                    IN_SCHEME,
                    "A made-up occupation,\nfor tests.",
                    code,
                )
                for number, isco, code, *labels in OCCUPATIONS
            ],
        )
        write(
            f"skills_{language}.csv",
            "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,modifiedDate,"
            "scopeNote,definition,inScheme,description",
            [
                (
                    "KnowledgeSkillCompetence",
                    skill_uri(number),
                    kind,
                    "sector-specific",
                    *labels[at],
                    "",
                    "released",
                    DAY,
                    "",
                    "",
                    IN_SCHEME,
                    "",
                )
                for number, kind, *labels in SKILLS
            ],
        )
    write(
        "ISCOGroups_en.csv",
        "conceptType,conceptUri,code,preferredLabel,status,altLabels,inScheme,description",
        [
            ("ISCOGroup", f"{BASE}/isco/C{code}", code, f"Group {code}", "released", "", "", "")
            for code in ("7212", "9211", "9313")
        ],
    )
    write(
        "occupationSkillRelations_en.csv",
        "occupationUri,relationType,skillType,skillUri",
        [(occupation_uri(occupation), kind, "", skill_uri(skill)) for occupation, skill, kind in NEEDS],
    )
    write(
        "broaderRelationsOccPillar_en.csv",
        "conceptType,conceptUri,broaderType,broaderUri",
        [
            ("Occupation", occupation_uri(1), "ISCOGroup", f"{BASE}/isco/C9211"),
            ("Occupation", occupation_uri(2), "Occupation", occupation_uri(1)),
        ],
    )
    write(
        "broaderRelationsSkillPillar_en.csv",
        "conceptType,conceptUri,broaderType,broaderUri",
        [("KnowledgeSkillCompetence", skill_uri(1), "SkillGroup", GROUP)],
    )
    write(
        "skillsHierarchy_en.csv",
        "Level 0 URI,Level 0 preferred term,Level 1 URI,Level 1 preferred term,Level 2 URI,Level 2 preferred term,"
        "Level 3 URI,Level 3 preferred term,Description,Scope note,Level 0 code,Level 1 code,Level 2 code,Level 3 code",
        [
            (f"{BASE}/skill/S9", "field work", "", "", "", "", "", "", "", "", "S9", "", "", ""),
            (f"{BASE}/skill/S9", "field work", GROUP, "harvesting", "", "", "", "", "", "", "S9", "S9.9", "", ""),
        ],
    )
    write(
        "conceptSchemes_en.csv", "conceptType,conceptSchemeUri,preferredLabel", [("ConceptScheme", BASE, "Occupations")]
    )


if __name__ == "__main__":
    main()
