"""Seasonal files: which rows become jobs, with which values, and why the others do not."""

import csv
import io
import sys
import tracemalloc
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.formats.faults import ADVICE, RowFault
from mobility.formats.seasonal.jobs import (
    EVERY_STATUS,
    GRANTED,
    CaseStatus,
    Education,
    Need,
    PayUnit,
    SeasonalJob,
    read_seasonal_jobs,
    unknown_occupation,
)
from mobility.rules.basics.wages import PayPeriod
from tests.files.seasonal import write_samples

SAMPLES = Path(__file__).parents[2] / "files" / "seasonal"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "h2"
real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"REAL DATA NOT TESTED: no {SHARED}")

GOOD = {
    "CASE_NUMBER": "H-400-18001-000001",
    "VISA_TYPE": "H-2B",
    "CASE_STATUS": "Certification",
    "CERTIFICATION_BEGIN_DATE": "2018-04-01",
    "CERTIFICATION_END_DATE": "2018-11-30",
    "EMPLOYER_NAME": "Invented Inc",
    "EMPLOYER_CITY": "Nowhere",
    "EMPLOYER_STATE": "TX",
    "JOB_TITLE": "Landscape Laborer",
    "SOC_CODE": "37-3011",
    "NBR_WORKERS_REQUESTED": "20.0",
    "NBR_WORKERS_CERTIFIED": "20.0",
    "FULL_TIME_POSITION": "Y",
    "NATURE_OF_TEMPORARY_NEED": "Peakload",
    "NUMBER_OF_HOURS": "40.0",
    "BASIC_RATE_OF_PAY": "$13.31",
    "OVERTIME_RATE_FROM": "19.97",
    "OVERTIME_RATE_TO": "",
    "PAY_RANGE_UNIT": "Hour",
    "EDUCATION_LEVEL": "",
    "EMP_EXP_NUM_MONTHS": "3.0",
    "EMPLOYEE_WORKSITE_CITY": "Nowhere",
    "EMPLOYEE_WORK_STATE": "TX",
}


H2A = {"CASE_NUMBER": "H-300-27001-000001", "VISA_TYPE": "H-2A", "NBR_WORKERS_REQUESTED": ""}
_EARLY = "CASE_STATUS CERTIFICATION_BEGIN_DATE CERTIFICATION_END_DATE EMPLOYER_NAME EMPLOYER_STATE JOB_TITLE "
_EARLY += "NBR_WORKERS_CERTIFIED BASIC_RATE_OF_PAY BASIC_UNIT_OF_PAY ALIEN_WORK_STATE "
#: What tells the heading rows of the public years apart, and how a file is refused that holds no cases to fill.
HEADINGS = {
    "H-2A 2010": ("CASE_NO CASE_RECEIVED_DATE ORGANIZATION_FLAG " + _EARLY, ""),
    "H-2A 2011": ("CASE_NO APPLICATION_TYPE ORGANIZATION_FLAG PRIMARY_CROP BASIC_NUMBER_OF_HOURS " + _EARLY, ""),
    "H-2A 2012 and 2014": ("CASE_NO VISA_CLASS ORGANIZATION_FLAG NBR_WORKERS_REQUESTED " + _EARLY, ""),
    "H-2A 2015 to 2017": ("CASE_NUMBER VISA_CLASS PRIMARY/SUB SOC_CODE ORGANIZATION_FLAG " + _EARLY, ""),
    "H-2B 2008 to 2010": ("CASE_NO NPC_SUBMITTED_DATE PREVAILING_WAGE PW_UNIT_OF_PAY " + _EARLY, ""),
    "H-2B 2011 to 2019": ("CASE_NUMBER VISA_CLASS SOC_CODE SOC_NAME " + _EARLY, ""),
    "H-2B 2000 to 2005": ("Case_Type Case_Num Last_Sig_Event Num_Aliens Salary Emp_Name", "seasonal_without_dates"),
    "addendum of crops": ("CASE_NUMBER CROP_ID CROP_AGRICULTURAL_ACTIVITY WAGE_OFFER PER", "seasonal_addendum"),
    "addendum of housing": ("CASE_NUMBER TYPE_OF_HOUSING TOTAL_OCCUPANCY", "seasonal_addendum"),
    "appendix of worksites": ("CASE_NUMBER WORKSITE_CITY WORKSITE_STATE CREW_ID PER", "seasonal_addendum"),
    "appendix of recruiters": ("CASE_NUMBER RECRUITER_LAST_NAME", "seasonal_addendum"),
    "appendix of clients": ("CASE_NUMBER EMPLOYER_CLIENT_LEGAL_BUSINESS_NAME", "seasonal_addendum"),
}
MEMBERS = [("4", ""), ("89", "Association - Joint Employer (H-2A Only)"), ("85", "")]


def read(folder: Path, *changes: dict[str, str], drop: str = "", statuses=GRANTED) -> list[SeasonalJob | RowFault]:
    """Write one row for each set of changes to a good row, and read the file."""
    names = [name for name in {**GOOD, **(changes[0] if changes else {})} if name != drop]
    file = folder / "seasonal.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**GOOD, **change} for change in changes)
    return list(read_seasonal_jobs(file, statuses=statuses))


def one_job(folder: Path, **change: str) -> SeasonalJob:
    (job,) = read(folder, change)
    assert isinstance(job, SeasonalJob), job
    return job


def codes(folder: Path, **change: str) -> list[tuple[str, str]]:
    faults = read(folder, change)
    assert all(isinstance(fault, RowFault) for fault in faults)
    return [(fault.column, fault.code) for fault in faults]


def count(path: Path, statuses=GRANTED) -> tuple[list[SeasonalJob], list[RowFault], list[RowFault]]:
    read_back = list(read_seasonal_jobs(path, statuses=statuses))
    jobs = [one for one in read_back if isinstance(one, SeasonalJob)]
    faults = [one for one in read_back if isinstance(one, RowFault)]
    return jobs, [fault for fault in faults if not fault.is_skip], [fault for fault in faults if fault.is_skip]


class TestGoodRow:
    def test_every_value_is_read(self, tmp_path):
        assert one_job(tmp_path) == SeasonalJob(
            line=2,
            case_number="H-400-18001-000001",
            visa_class="H-2B",
            status=CaseStatus.CERTIFIED,
            expired=False,
            employer_name="Invented Inc",
            employer_city="Nowhere",
            employer_state="TX",
            title="Landscape Laborer",
            soc_code="37-3011",
            primary_crop="",
            workers_requested=20,
            workers_certified=20,
            start=date(2018, 4, 1),
            end=date(2018, 11, 30),
            hours_week=Decimal(40),
            pay=Decimal("13.31"),
            pay_unit=PayUnit.HOUR,
            overtime_from=Decimal("19.97"),
            overtime_to=None,
            full_time=True,
            need=Need.PEAKLOAD,
            education=None,
            experience_months=3,
            worksite_city="Nowhere",
            worksite_county="",
            worksite_state="TX",
        )

    def test_pay_units_are_those_of_the_rules(self):
        assert {unit.value for unit in PayUnit} == {period.value for period in PayPeriod}

    @pytest.mark.parametrize(
        ("word", "status", "expired"),
        [
            ("Certification", CaseStatus.CERTIFIED, False),
            ("DETERMINATION ISSUED - CERTIFICATION EXPIRED", CaseStatus.CERTIFIED, True),
            ("Determination Issued - Partial Certification (Expired)", CaseStatus.PARTIALLY_CERTIFIED, True),
            ("CERTIFIED - FULL", CaseStatus.CERTIFIED, False),
            ("Certified - Partial", CaseStatus.PARTIALLY_CERTIFIED, False),
        ],
    )
    def test_status_in_the_words_of_all_years(self, tmp_path, word, status, expired):
        job = one_job(tmp_path, CASE_STATUS=word)

        assert (job.status, job.expired) == (status, expired)

    @pytest.mark.parametrize(
        ("unit", "amount", "pay", "period"),
        [
            ("Day", "120", "120", PayUnit.DAY),
            ("Week", "$441.2", "441.2", PayUnit.WEEK),
            ("Bi-Weekly", "601.25", "300.625", PayUnit.WEEK),
            ("Month", "1,389.67", "1389.67", PayUnit.MONTH),
            ("Year", "30000", "30000", PayUnit.YEAR),
        ],
    )
    def test_pay_in_every_unit(self, tmp_path, unit, amount, pay, period):
        job = one_job(tmp_path, PAY_RANGE_UNIT=unit, BASIC_RATE_OF_PAY=amount, OVERTIME_RATE_FROM="")

        assert (job.pay, job.pay_unit) == (Decimal(pay), period)
        assert job.notes == (("pay_halved",) if unit == "Bi-Weekly" else ())

    def test_optional_values_that_make_no_sense_are_left_out_and_noted(self, tmp_path):
        job = one_job(
            tmp_path,
            EDUCATION_LEVEL="School of life",
            EMP_EXP_NUM_MONTHS="900",
            OVERTIME_RATE_TO="57200",
            EMPLOYER_STATE="Ontario",
            FULL_TIME_POSITION="maybe",
            NATURE_OF_TEMPORARY_NEED="?!x",
        )

        assert (job.education, job.experience_months, job.overtime_to) == (None, 0, None)
        assert (job.employer_state, job.full_time, job.need) == ("", None, None)
        assert len(job.notes) == 6
        assert all(note.endswith("_unread") for note in job.notes)

    def test_blank_optional_values_are_no_matter(self, tmp_path):
        blank = dict.fromkeys(("EMPLOYER_CITY", "NUMBER_OF_HOURS", "NBR_WORKERS_REQUESTED", "EMP_EXP_NUM_MONTHS"), "")
        job = one_job(tmp_path, **blank, EDUCATION_LEVEL="High School/GED")

        assert (job.hours_week, job.workers_requested, job.experience_months, job.notes) == (None, None, 0, ())
        assert job.education is Education.SECONDARY

    def test_class_comes_from_the_case_number_where_the_file_has_no_column(self, tmp_path):
        h2b, h2a, neither = read(
            tmp_path, {}, {"CASE_NUMBER": "H-300-17001-000009"}, {"CASE_NUMBER": "C-08282-14281"}, drop="VISA_TYPE"
        )

        assert (h2b.visa_class, h2a.visa_class) == ("H-2B", "H-2A")
        assert (neither.column, neither.code) == ("visa_class", "missing")


class TestHourlyPay:
    """Pay whose unit is missing or wrong is hourly only where nothing else is possible."""

    @pytest.mark.parametrize("unit", ["Piece Rate", "Week", "Bi-Weekly", "Month", "Year"])
    def test_overtime_of_one_and_a_half_proves_it(self, tmp_path, unit):
        job = one_job(tmp_path, PAY_RANGE_UNIT=unit, BASIC_RATE_OF_PAY="$9.72", OVERTIME_RATE_FROM="14.58")

        assert (job.pay, job.pay_unit, job.notes) == (Decimal("9.72"), PayUnit.HOUR, ("pay_unit_corrected",))

    @pytest.mark.parametrize("unit", ["", "Select Pay Range"])
    def test_amount_alone_tells_it_where_no_unit_is_given(self, tmp_path, unit):
        job = one_job(tmp_path, PAY_RANGE_UNIT=unit, BASIC_RATE_OF_PAY="13.38", OVERTIME_RATE_FROM="")

        assert (job.pay_unit, job.notes) == (PayUnit.HOUR, ("pay_unit_assumed",))

    @pytest.mark.parametrize(
        ("unit", "amount", "overtime", "fault"),
        [
            ("Select Pay Range", "0.25", "", ("PAY_RANGE_UNIT", "missing")),
            ("", "925", "", ("PAY_RANGE_UNIT", "missing")),
            ("Piece Rate", "0.34", "0.51", ("PAY_RANGE_UNIT", "piece_rate")),
            ("Piece Rate", "15", "", ("PAY_RANGE_UNIT", "piece_rate")),
            ("Week", "12", "", ("BASIC_RATE_OF_PAY", "pay_out_of_range")),
            ("Hour", "1389.67", "", ("BASIC_RATE_OF_PAY", "pay_out_of_range")),
            ("Year", "20.85", "57200", ("BASIC_RATE_OF_PAY", "pay_out_of_range")),
            ("Fortnight", "600", "", ("PAY_RANGE_UNIT", "unknown_pay_unit")),
        ],
    )
    def test_otherwise_it_is_a_fault(self, tmp_path, unit, amount, overtime, fault):
        assert codes(tmp_path, PAY_RANGE_UNIT=unit, BASIC_RATE_OF_PAY=amount, OVERTIME_RATE_FROM=overtime) == [fault]


class TestFaults:
    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("CASE_NUMBER", "", "missing"),
            ("CASE_NUMBER", "Ana Pérez", "not_a_case_number"),
            ("VISA_TYPE", "H-1B", "unknown_visa_class"),
            ("CASE_STATUS", "Pending", "unknown_status"),
            ("CASE_STATUS", "", "missing"),
            ("EMPLOYER_NAME", "", "missing"),
            ("JOB_TITLE", "n/a", "missing"),
            ("SOC_CODE", "Gardener", "not_a_soc_code"),
            ("NBR_WORKERS_CERTIFIED", "", "missing"),
            ("NBR_WORKERS_CERTIFIED", "0", "no_workers"),
            ("NBR_WORKERS_CERTIFIED", "2.5", "not_whole"),
            ("CERTIFICATION_BEGIN_DATE", "spring", "not_a_date"),
            ("CERTIFICATION_END_DATE", "2018-04-01", "end_before_start"),
            ("CERTIFICATION_END_DATE", "2037-04-01", "too_long_period"),
            ("CERTIFICATION_END_DATE", "20188-04-01", "not_a_date"),
            ("NUMBER_OF_HOURS", "475", "hours_out_of_range"),
            ("NUMBER_OF_HOURS", "0", "hours_out_of_range"),
            ("NUMBER_OF_HOURS", "full", "not_a_number"),
            ("BASIC_RATE_OF_PAY", "#######", "hidden_by_width"),
            ("BASIC_RATE_OF_PAY", "12,39", "not_a_number"),
            ("EMPLOYEE_WORK_STATE", "Ontario", "unknown_state"),
        ],
    )
    def test_each_names_the_publishers_column_and_a_code_with_advice(self, tmp_path, column, value, code):
        assert codes(tmp_path, **{column: value}) == [(column, code)]
        assert code in ADVICE

    def test_all_that_is_wrong_with_a_row_is_told_and_good_rows_go_in(self, tmp_path):
        bad = {
            "CASE_NUMBER": "H-400-18001-000002",
            "SOC_CODE": "12",
            "BASIC_RATE_OF_PAY": "x",
            "EMPLOYEE_WORK_STATE": "ZZ",
        }
        *faults, job = read(tmp_path, bad, {})

        assert {(fault.line, fault.case_number, fault.code) for fault in faults} == {
            (2, "H-400-18001-000002", "not_a_soc_code"),
            (2, "H-400-18001-000002", "not_a_number"),
            (2, "H-400-18001-000002", "unknown_state"),
        }
        assert job.line == 3

    def test_a_row_without_an_occupation_code_is_a_job_that_has_its_title_to_go_by(self, tmp_path):
        (job,) = read(tmp_path, {"SOC_CODE": ""})

        assert (job.soc_code, bool(job.title)) == ("", True)

    def test_no_value_of_a_bad_row_is_repeated(self, tmp_path):
        secret = "Zaida Quispe 555-0199"
        told = str(
            [
                read(tmp_path, {column: secret})
                for column in ("CASE_NUMBER", "SOC_CODE", "BASIC_RATE_OF_PAY", "CASE_STATUS")
            ]
        )

        assert not any(word in told for word in secret.split())

    def test_row_whose_cells_are_shifted_is_told_by_its_width(self, tmp_path):
        file = tmp_path / "shifted.csv"
        file.write_text(f"{','.join(GOOD)}\n{','.join(GOOD.values())},extra\n", encoding="utf-8")
        (fault,) = read_seasonal_jobs(file)

        assert (fault.code, fault.value_shape) == ("row_cells", f"{len(GOOD) + 1}/{len(GOOD)}")

    def test_occupation_that_no_crosswalk_knows(self, tmp_path):
        fault = unknown_occupation(one_job(tmp_path))

        assert (fault.line, fault.code, fault.value_shape) == (2, "unknown_occupation", "99-9999")
        assert not fault.is_skip


class TestSkips:
    @pytest.mark.parametrize("word", ["Denied", "Withdrawn", "REJECTED", "DETERMINATION ISSUED - WITHDRAWN"])
    def test_case_that_was_not_granted_is_skipped_unless_asked_for(self, tmp_path, word):
        change = {"CASE_STATUS": word, "NBR_WORKERS_CERTIFIED": ""}
        (skip,) = read(tmp_path, change)
        (job,) = read(tmp_path, change, statuses=EVERY_STATUS)

        assert (skip.code, skip.is_skip) == ("not_certified", True)
        assert (job.workers_certified, job.positions) == (0, 20)

    def test_case_read_already_is_skipped_but_a_bad_row_does_not_count(self, tmp_path):
        bad, good, again = read(tmp_path, {"SOC_CODE": "12"}, {}, {})

        assert (bad.code, good.line, again.code) == ("not_a_soc_code", 3, "repeated_case")

    def test_more_positions_than_asked_for_are_taken_and_remarked(self, tmp_path):
        job, remark = read(tmp_path, {"NBR_WORKERS_CERTIFIED": "21"})
        assert (job.positions, remark.code, remark.is_remark) == (21, "more_certified_than_requested", True)

    def test_the_association_speaks_for_its_members_wherever_its_row_stands(self, tmp_path):
        first, association, last = read(
            tmp_path, *({"NBR_WORKERS_CERTIFIED": count, **H2A, "ORGANIZATION_FLAG": flag} for count, flag in MEMBERS)
        )
        assert (association.workers_certified, association.visa_class) == (89, "H-2A")
        assert [(skip.line, skip.code, skip.is_skip) for skip in (first, last)] == [
            (2, "sub_row", True),
            (4, "sub_row", True),
        ]

    def test_members_without_their_association_contradict_each_other_aloud(self, tmp_path):
        found = read(tmp_path, *({**H2A, "NBR_WORKERS_CERTIFIED": count, "ORGANIZATION_FLAG": ""} for count in "45"))
        assert [(fault.code, fault.is_skip) for fault in found] == [("different_counts", False)] * 2

    def test_equal_rows_of_one_case_are_one_job(self, tmp_path):
        job, again = read(tmp_path, {}, {})
        assert (job.positions, again.code) == (20, "repeated_case")

    def test_rows_of_one_case_with_different_counts_are_told(self, tmp_path):
        found = read(tmp_path, {}, {"NBR_WORKERS_CERTIFIED": "19"})
        assert [fault.code for fault in found] == ["different_counts"] * 2

    def test_member_of_an_association_is_a_row_of_its_case(self):
        jobs, _, skips = count(SAMPLES / "h2a_fy2017_sample.csv")
        association = next(job for job in jobs if job.case_number == "H-300-17001-000002")

        assert association.workers_certified == 25
        assert [skip.line for skip in skips if skip.code == "sub_row"] == [4, 5]


class TestYears:
    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("CERTIFIED", CaseStatus.CERTIFIED),
            ("PARTIAL CERTIFIED", CaseStatus.PARTIALLY_CERTIFIED),
            ("Certified - Full", CaseStatus.CERTIFIED),
            ("Certified - Partial", CaseStatus.PARTIALLY_CERTIFIED),
            ("Determination Issued - Certification (Returned)", CaseStatus.CERTIFIED),
            ("FINAL REVIEW", CaseStatus.UNDECIDED),
        ],
    )
    def test_older_words_for_what_was_decided(self, tmp_path, word, status):
        (job,) = read(tmp_path, {"CASE_STATUS": word}, statuses=EVERY_STATUS)
        assert job.status is status

    @pytest.mark.parametrize(
        ("word", "pay", "unit"),
        [
            ("HR", "15", PayUnit.HOUR),
            ("WK", "600", PayUnit.WEEK),
            ("MTH", "2600", PayUnit.MONTH),
            ("YR", "30000", PayUnit.YEAR),
            ("DAI", "120", PayUnit.DAY),
        ],
    )
    def test_older_words_for_units(self, tmp_path, word, pay, unit):
        job = one_job(tmp_path, PAY_RANGE_UNIT=word, BASIC_RATE_OF_PAY=pay, OVERTIME_RATE_FROM="")
        assert (job.pay, job.pay_unit) == (Decimal(pay), unit)

    def test_a_file_without_occupation_codes_goes_by_titles(self, tmp_path):
        (job,) = read(tmp_path, {}, drop="SOC_CODE")
        assert (job.soc_code, job.title) == ("", "Landscape Laborer")

    @pytest.mark.parametrize("year", sorted(HEADINGS))
    def test_every_heading_row_of_the_publisher_is_read_or_refused_as_what_it_is(self, tmp_path, year):
        file = tmp_path / "year.csv"
        file.write_text(",".join(HEADINGS[year][0].split()) + "\n", encoding="utf-8")
        if HEADINGS[year][1]:
            with pytest.raises(InvalidError, match=HEADINGS[year][1]):
                list(read_seasonal_jobs(file))
        else:
            assert list(read_seasonal_jobs(file)) == []


class TestFiles:
    def test_large_file_is_read_in_little_memory(self, tmp_path):
        file = tmp_path / "large.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(GOOD)
            writer.writerows((f"H-400-18001-{number:06d}", *list(GOOD.values())[1:]) for number in range(5_000))
        tracemalloc.start()
        found = sum(isinstance(one, SeasonalJob) for one in read_seasonal_jobs(file))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert found == 5_000
        assert file.stat().st_size > 800_000
        assert peak < 1_500_000

    @pytest.mark.parametrize("column", ["CASE_NUMBER", "CASE_STATUS", "BASIC_RATE_OF_PAY", "EMPLOYEE_WORK_STATE"])
    def test_file_without_a_required_column_is_refused_by_name(self, tmp_path, column):
        with pytest.raises(InvalidError) as caught:
            read(tmp_path, {}, drop=column)

        assert caught.value.code == "column_missing"
        assert column in caught.value.params["accepted"]

    @pytest.mark.parametrize(
        ("name", "good", "bad", "skipped", "visa"),
        [
            ("h2a_fy2017_sample.csv", 5, 2, 4, "H-2A"),
            ("h2b_fy2018_sample.csv.gz", 7, 2, 3, "H-2B"),
            ("h2b_fy2021_sample.xlsx", 3, 2, 1, "H-2B"),
        ],
    )
    def test_three_families_of_headings_are_read(self, name, good, bad, skipped, visa):
        jobs, faults, skips = count(SAMPLES / name)

        assert (len(jobs), len({fault.line for fault in faults}), len(skips)) == (good, bad, skipped)
        assert {job.visa_class for job in jobs} == {visa}

    def test_samples_are_what_their_writer_writes(self, tmp_path):
        write_samples.write(tmp_path)

        for file in SAMPLES.glob("h2*"):
            assert list(read_seasonal_jobs(file)) == list(read_seasonal_jobs(tmp_path / file.name))

    def test_same_rows_in_a_workbook_read_the_same(self, tmp_path):
        file = SAMPLES / "h2a_fy2017_sample.csv"
        book = openpyxl.Workbook()
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            book.active.append(row)
        book.save(tmp_path / "same.xlsx")

        assert list(read_seasonal_jobs(tmp_path / "same.xlsx")) == list(read_seasonal_jobs(file))


@settings(max_examples=150)
@given(data=st.data())
def test_any_row_is_a_job_or_told_why_not(tmp_path_factory, data):
    cell = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    names = data.draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=4, unique=True))
    found = read(
        tmp_path_factory.getbasetemp(), {name: data.draw(cell, label=name) for name in names}, statuses=EVERY_STATUS
    )

    assert found
    for one in found:
        if isinstance(one, RowFault):
            assert one.code in ADVICE
        else:
            assert one.end > one.start
            assert one.pay > 0
            assert one.workers_certified >= 0


@real
@pytest.mark.parametrize(
    ("name", "statuses", "rows", "least", "most_bad"),
    [
        ("h2b_fy2018.csv.gz", GRANTED, 9_490, 7_415, 5),
        ("h2b_fy2018.csv.gz", EVERY_STATUS, 9_490, 9_410, 80),
        ("h2a_fy2017.csv.gz", GRANTED, 12_930, 9_750, 40),
        ("h2a_fy2017.csv.gz", EVERY_STATUS, 12_930, 10_040, 50),
    ],
)
def test_real_file_gives_its_jobs_and_few_faults(capsys, name, statuses, rows, least, most_bad):
    jobs, faults, skips = count(SHARED / name, statuses)
    bad = {fault.line for fault in faults}
    with capsys.disabled():
        counted = dict(Counter(fault.code for fault in (*faults, *skips)))
        told = f"{len(jobs)} jobs, {len(bad)} bad rows, {len(skips)} skipped"
        sys.stdout.write(f"\n{name}, {len(statuses)} statuses: {told} {counted}\n")

    assert len(jobs) + len(bad) + len(skips) == rows
    assert len(jobs) >= least
    assert len(bad) <= most_bad
    assert len({job.case_number for job in jobs}) == len(jobs)
