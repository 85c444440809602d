"""Words for files of other publishers: why one cannot be read, and what to do about a row that was left out."""

from collections.abc import Mapping

from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

_FILES: Mapping[str, Text] = {
    "column_missing": _l("The file has no column named %(accepted)s (headings stand in line %(line)s)."),
    "crosswalk_columns_missing": _l("The crosswalk %(file)s lacks headings. They must name: %(expected)s."),
    "crosswalk_empty": _l("The crosswalk holds no pair of codes. It must have: %(expected)s."),
    "file_demanding": _l(
        "Reading this file takes too much time or memory. Take out empty rows and columns, or send it as CSV."
    ),
    "file_broken": _l("The file is damaged or cut off. Fetch it again."),
    "file_empty": _l("The file is empty."),
    "file_encoding": _l("Line %(line)s has characters that cannot be read. Save the file as UTF-8."),
    "file_encrypted": _l("The file is protected by a password. Save it without one."),
    "file_foreign": _l("This kind of file cannot be read (%(kind)s). Expected: %(expected)s."),
    "file_too_large": _l("The file is larger than allowed (%(limit)s bytes)."),
    "file_unreadable": _l("The file cannot be opened (%(reason)s)."),
    "row_too_long": _l("Line %(line)s is longer than allowed. Look for an unclosed quotation mark."),
    "seasonal_addendum": _l(
        "This file is an addendum (%(held)s). Send the file of cases instead, which names employers and jobs."
    ),
    "seasonal_without_dates": _l(
        "Files up to fiscal year 2005 say neither how many were certified nor when the work is. They cannot be read."
    ),
    "table_too_long": _l("The table has more rows than allowed (%(limit)s)."),
    "table_too_wide": _l("The table has more columns than allowed (%(limit)s)."),
}

#: By the code of a row's fault, after ``row.``: what the person who owns the file can do.
_ROWS: Mapping[str, Text] = {
    "row.sub_row": _l("Nothing: the row is another worksite or member of a case that has its own primary row."),
    "row.not_certified": _l("Nothing: the authority denied, rejected or closed the case."),
    "row.repeated_case": _l("Nothing if the rows are equal; otherwise keep one row for each case number."),
    "row.row_cells": _l("Look for a line break or an unquoted delimiter inside a value of this row."),
    "row.missing": _l("Fill in the value."),
    "row.hidden_by_width": _l("Widen the column in the sheet that the file was saved from and export it again."),
    "row.spreadsheet_error": _l("Correct the formula in the sheet that the file was saved from and export it again."),
    "row.too_long": _l("Shorten the value."),
    "row.not_a_number": _l("Write a plain number such as 12.39; commas may only separate thousands."),
    "row.not_whole": _l("Write a whole number."),
    "row.not_a_date": _l("Write the date as year-month-day, such as 2018-04-01."),
    "row.date_out_of_range": _l("Correct the year."),
    "row.not_yes_or_no": _l("Write Y or N."),
    "row.not_a_soc_code": _l("Write the occupation code as two digits, a dash and four digits, such as 37-3011."),
    "row.not_a_case_number": _l("Write the case number as the authority issued it, such as H-400-18001-123456."),
    "row.unknown_status": _l("Use one of the statuses that the publisher documents, such as Certification or Denied."),
    "row.unknown_visa_class": _l("Use H-2A or H-2B."),
    "row.unknown_state": _l("Use the two letters or the full name of the state or territory."),
    "row.unknown_occupation": _l("Add the occupation code to a crosswalk file and import again with it."),
    "row.suggested_by_title": _l("No crosswalk leads from this code: if the suggestion is right, add the code to one."),
    "row.chosen_by_title": _l("The row has no code that leads anywhere; its title did. Check the occupation."),
    "row.unknown_pay_unit": _l("Write Hour, Day, Week, Bi-Weekly, Month or Year."),
    "row.piece_rate": _l("State the pay per hour that the employer guarantees beside the piece rate."),
    "row.pay_out_of_range": _l("Check the amount against its unit: the two do not fit together."),
    "row.hours_out_of_range": _l("Write the hours of one week, from 1 to 80."),
    "row.no_workers": _l("A certified case needs at least one position."),
    "row.more_certified_than_requested": _l("The row was taken; check both figures if they are yours."),
    "row.different_counts": _l("Rows of one case claim different totals; keep the one that the authority issued."),
    "row.end_before_start": _l("Check both dates: the work ends on or before the day it starts."),
    "row.too_long_period": _l("Check both dates: temporary work lasts at most three years."),
    "row.employer_not_verified": _l(
        "Nothing in the file: the ministry suspended this employer after an earlier import."
    ),
    "row.unknown_region": _l("Correct the state of the worksite."),
}

SENTENCES: Mapping[str, Text] = {**_FILES, **_ROWS}
