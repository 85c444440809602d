"""The columns of the US seasonal certification files (H-2A, H-2B) by every name their publisher used; no reading here.

The names are those of the disclosure files of fiscal years 2008 to 2025.
The dates of the job order, such as
``JOB_START_DATE``, are left out on purpose: they say when the job was advertised, not when the work is.
"""

from collections.abc import Mapping

from mobility.formats.columns import Column

COLUMNS: tuple[Column, ...] = (
    Column("case_number", ("CASE_NUMBER", "CASE_NO", "CASE_NUM"), required=True),
    Column("status", ("CASE_STATUS", "STATUS"), required=True),
    Column("received", ("CASE_RECEIVED_DATE", "RECEIVED_DATE", "CASE_SUBMITTED", "SUBMITTED_DATE")),
    Column("visa_class", ("VISA_CLASS", "VISA_TYPE")),
    Column("primary_sub", ("PRIMARY/SUB", "PRMARY/SUB")),
    Column("organization_flag", ("ORGANIZATION_FLAG",)),
    Column("employer_name", ("EMPLOYER_NAME",), required=True),
    Column("employer_city", ("EMPLOYER_CITY",)),
    Column("employer_state", ("EMPLOYER_STATE", "EMPLOYER_STATE_PROVINCE")),
    Column("title", ("JOB_TITLE",), required=True),
    Column("soc_code", ("SOC_CODE", "SOC_CODE_ID", "PWD_SOC_CODE")),
    Column("primary_crop", ("PRIMARY_CROP",)),
    Column(
        "workers_requested",
        (
            "TOTAL_WORKERS_H-2A_REQUESTED",
            "TOTAL_WORKERS_H-2B_REQUESTED",
            "TOTAL_WORKERS_REQUESTED",
            "NBR_WORKERS_REQUESTED",
            "TOTAL_WORKERS_NEEDED",
        ),
    ),
    Column(
        "workers_certified",
        (
            "TOTAL_WORKERS_H-2A_CERTIFIED",
            "TOTAL_WORKERS_H-2B_CERTIFIED",
            "TOTAL_WORKERS_CERTIFIED",
            "NBR_WORKERS_CERTIFIED",
        ),
        required=True,
    ),
    Column(
        "start",
        (
            "EMPLOYMENT_BEGIN_DATE",
            "CERTIFICATION_BEGIN_DATE",
            "REQUESTED_START_DATE_OF_NEED",
            "REQUESTED_BEGIN_DATE",
            "BEGIN_DATE",
        ),
        required=True,
    ),
    Column(
        "end",
        (
            "EMPLOYMENT_END_DATE",
            "CERTIFICATION_END_DATE",
            "REQUESTED_END_DATE_OF_NEED",
            "REQUESTED_END_DATE",
            "END_DATE",
        ),
        required=True,
    ),
    Column("hours_week", ("ANTICIPATED_NUMBER_OF_HOURS", "BASIC_NUMBER_OF_HOURS", "NUMBER_OF_HOURS", "TOTAL_HOURS")),
    Column(
        "pay",
        ("WAGE_OFFER", "BASIC_WAGE_RATE_FROM", "BASIC_RATE_OF_PAY_FROM", "BASIC_RATE_OF_PAY", "WAGE_OFFER_FROM"),
        required=True,
    ),
    Column("pay_unit", ("PER", "PAY_RANGE_UNIT", "BASIC_UNIT_OF_PAY", "WAGE_UNIT_OF_PAY"), required=True),
    Column("overtime_from", ("OVERTIME_RATE_FROM", "OVERTIME_RATE")),
    Column("overtime_to", ("OVERTIME_RATE_TO",)),
    Column("full_time", ("FULL_TIME_POSITION", "FULL_TIME")),
    Column("need", ("NATURE_OF_TEMPORARY_NEED",)),
    Column("education", ("EDUCATION_LEVEL",)),
    Column("experience_months", ("WORK_EXPERIENCE_MONTHS", "EMP_EXP_NUM_MONTHS")),
    Column(
        "worksite_city",
        ("WORKSITE_CITY", "EMPLOYEE_WORKSITE_CITY", "WORKSITE_LOCATION_CITY", "ALIEN_WORK_CITY"),
    ),
    Column("worksite_county", ("WORKSITE_COUNTY", "EMPLOYEE_WORKSITE_COUNTY")),
    Column(
        "worksite_state",
        (
            "WORKSITE_STATE",
            "EMPLOYEE_WORK_STATE",
            "EMPLOYEE_WORKSITE_STATE",
            "WORKSITE_LOCATION_STATE",
            "ALIEN_WORK_STATE",
        ),
        required=True,
    ),
)

#: Headings that tell an addendum of the publisher, whose rows are no cases, by what it holds.
ADDENDA: Mapping[str, str] = {
    "CROP_ID": "crops",
    "TYPE_OF_HOUSING": "housing",
    "CREW_ID": "worksites",
    "RECRUITER_LAST_NAME": "recruiters",
    "EMPLOYER_CLIENT_LEGAL_BUSINESS_NAME": "clients",
}
#: Headings of the files up to fiscal year 2005, which say neither what was certified nor when the work is.
WITHOUT_DATES = ("LAST_SIG_EVENT", "NUM_ALIENS")
#: Headings that only files of one class have, where neither a column nor the case number says it.
CLASS_BY_HEADING: Mapping[str, str] = {
    "ORGANIZATION_FLAG": "H-2A",
    "PRIMARY_CROP": "H-2A",
    "NPC_SUBMITTED_DATE": "H-2B",
    "PW_UNIT_OF_PAY": "H-2B",
}

#: Beginnings of case numbers by the class that they stand for, where a file has no column for it.
CLASS_BY_CASE: Mapping[str, str] = {"H-300-": "H-2A", "H-400-": "H-2B"}
