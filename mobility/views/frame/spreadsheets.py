"""Tables as files that open safely in a spreadsheet; what they hold is decided by the pages that offer them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from mobility.formats.faults import harmless


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a table as a CSV download (UTF-8 with a mark, so that spreadsheets read accents)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    answer = Response(f"\N{BYTE ORDER MARK}{stream.getvalue()}", mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
