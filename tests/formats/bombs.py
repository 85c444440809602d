"""Files that are small to send and costly to read."""

import zipfile
from pathlib import Path

import openpyxl


def sheet_bomb(folder: Path) -> Path:
    """Make a sheet of some kilobytes whose first row has two million empty cells."""
    file = folder / "bomb.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Code", "Job"])
    book.save(folder / "plain.xlsx")
    cells = b"<row r='1'>" + b"<c/>" * 2_000_000 + b"</row>"
    with zipfile.ZipFile(folder / "plain.xlsx") as plain, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part in plain.infolist():
            content = plain.read(part.filename)
            if part.filename == "xl/worksheets/sheet1.xml":
                head, _, rest = content.partition(b"<sheetData>")
                content = head + b"<sheetData>" + cells + rest.partition(b"</row>")[2]
            made.writestr(part.filename, content)
    return file
