"""Writes the sample files beside it: the publisher's layouts of three year groups, filled with invented cases."""

import gzip
import io
from datetime import date
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent

#: H-2A of fiscal years 2016 to 2019, with sub-rows of an association.
H2A_2017_HEADINGS = (
    "CASE_NUMBER,DECISION_DATE,VISA_CLASS,CASE_STATUS,REQUESTED_START_DATE_OF_NEED,REQUESTED_END_DATE_OF_NEED,PRIMARY/SUB,"
    "EMPLOYER_NAME,EMPLOYER_CITY,EMPLOYER_STATE,JOB_TITLE,SOC_CODE,PRIMARY_CROP,NBR_WORKERS_REQUESTED,NBR_WORKERS_CERTIFIED,"
    "FULL_TIME_POSITION,NATURE_OF_TEMPORARY_NEED,BASIC_NUMBER_OF_HOURS,BASIC_RATE_OF_PAY,OVERTIME_RATE_FROM,BASIC_UNIT_OF_PAY,"
    "EDUCATION_LEVEL,EMP_EXPERIENCE_REQD,EMP_EXP_NUM_MONTHS,WORKSITE_CITY,WORKSITE_COUNTY,WORKSITE_STATE,JOB_START_DATE"
)
H2A_2017 = [
    H2A_2017_HEADINGS,
    "H-300-17001-000001,2017-02-01 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION,2017-03-01,2017-11-11,PRI,Invented Orchard Co,Elmford,WA,Apple Picker,45-2092,Apples,40.0,40.0,Y,Seasonal,40.0,13.38,,Hour,,Y,3.0,Elmford,Okanogan,WA,2017-01-20",
    "H-300-17001-000002,2017-02-01 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION EXPIRED,2017-03-15,2017-12-15,PRI,Made-up Growers Association,Vinton,NC,Farmworker; Diversified Crop,45-2092.02,Tobacco,25.0,25.0,Y,Seasonal,35.0,11.27,16.91,Hour,,Y,3.0,Vinton,Moore,NC,2017-01-20",
    "H-300-17001-000002,2017-02-01 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION EXPIRED,2017-03-15,2017-12-15,SUB,Fancied Farm One,Vinton,NC,Farmworker; Diversified Crop,45-2092.02,Tobacco,10.0,10.0,Y,Seasonal,35.0,11.27,16.91,Hour,,Y,3.0,Vinton,Moore,NC,2017-01-20",
    "H-300-17001-000002,2017-02-01 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION EXPIRED,2017-03-15,2017-12-15,SUB,Fancied Farm Two,Vinton,NC,Farmworker; Diversified Crop,45-2092.02,Tobacco,15.0,15.0,Y,Seasonal,35.0,11.27,16.91,Hour,,Y,3.0,Vinton,Moore,NC,2017-01-20",
    'H-300-17001-000003,2017-02-03 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION,2017-04-01,2018-03-31,PRI,"Pretend Ranch, LLC",Highmesa,ID,Sheepherder,45-2093,Sheep,2.0,2.0,Y,Seasonal,48.0,"1,389.67",,Month,,Y,1.0,Highmesa,Twin,Idaho,2017-01-20',
    "H-300-17001-000004,2017-02-03 09:00:00,H-2A,DETERMINATION ISSUED - PARTIAL CERTIFICATION,2017-05-01,2017-10-31,PRI,Imagined Dairy,Fairlake,NY,Dairy Worker,45-2093,Milk,8.0,5.0,Y,Seasonal,48.0,600,,Bi-Weekly,High School/GED,N,,Fairlake,Lewis,NY,2017-01-20",
    "H-300-17001-000005,2017-02-03 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION,2017-05-01,2017-10-31,PRI,Unreal Nursery,Brook,OR,Nursery Worker,45-2092,Nursery,6.0,6.0,Y,Seasonal,40.0,13.38,,Select Pay Range,,N,0.0,Brook,Marion,OR,2017-01-20",
    "H-300-17001-000006,2017-02-04 09:00:00,H-2A,DETERMINATION ISSUED - DENIED,2017-05-01,2017-10-31,PRI,Unreal Nursery,Brook,OR,Nursery Worker,45-2092,Nursery,6.0,0.0,Y,Seasonal,40.0,13.38,,Hour,,N,0.0,Brook,Marion,OR,2017-01-20",
    "H-300-17001-000007,2017-02-04 09:00:00,H-2A,DETERMINATION ISSUED - WITHDRAWN,2017-05-01,2017-10-31,PRI,Fictive Hay,Dry Gulch,MT,Baler,45-2091,Hay,3.0,0.0,Y,Seasonal,40.0,11.66,,Hour,,N,0.0,Dry Gulch,Park,MT,2017-01-20",
    "H-300-17001-000008,2017-02-05 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION,2017-09-08,2017-09-06,PRI,Fictive Hay,Dry Gulch,MT,Baler,45-2091,Hay,3.0,3.0,Y,Seasonal,475.0,11.66,,Hour,,N,0.0,Dry Gulch,Park,MT,2017-01-20",
    "H-300-17001-000009,2017-02-05 09:00:00,H-2A,DETERMINATION ISSUED - CERTIFICATION,2017-04-08,2017-09-06,PRI,Nowhere Wool,Dry Gulch,MT,Wool Grader,45-2041,Wool,5.0,5.0,Y,Seasonal,48.0,0.25,,Select Pay Range,,Y,3.0,Dry Gulch,Park,MT,2017-01-20",
]

#: H-2B of fiscal year 2018.
H2B_2018_HEADINGS = (
    "CASE_NUMBER,DECISION_DATE,VISA_TYPE,CASE_STATUS,CERTIFICATION_BEGIN_DATE,CERTIFICATION_END_DATE,EMPLOYER_NAME,EMPLOYER_CITY,"
    "EMPLOYER_STATE,JOB_TITLE,SOC_CODE,NBR_WORKERS_REQUESTED,NBR_WORKERS_CERTIFIED,FULL_TIME_POSITION,NATURE_OF_TEMPORARY_NEED,"
    "NUMBER_OF_HOURS,BASIC_RATE_OF_PAY,OVERTIME_RATE_FROM,OVERTIME_RATE_TO,PAY_RANGE_UNIT,EDUCATION_LEVEL,EMP_EXP_NUM_MONTHS,"
    "EMPLOYEE_WORKSITE_CITY,EMPLOYEE_WORKSITE_COUNTY,EMPLOYEE_WORK_STATE"
)
H2B_2018 = [
    H2B_2018_HEADINGS,
    "H-400-18001-000001,2018-02-20,H-2B,Certification,2018-04-01,2018-11-30,Invented Lawns Inc,Springvale,TX,Landscape Laborer,37-3011,20.0,20.0,Y,Peakload,40.0,$13.31,19.97,,Hour,,,Springvale,Travis,TX",
    "H-400-18001-000002,2018-02-20,H-2B,Certification,2018-04-01,2018-10-31,Made-up Inn,Harbor Isle,MI,Housekeeper,37-2012,30.0,30.0,Y,Seasonal,35.0,$10.9,16.35,,Hour,,1.0,Harbor Isle,Mackinac,Michigan",
    "H-400-18001-000003,2018-02-20,H-2B,Partial Certification,2018-05-01,2018-10-15,Pretend Grill,Cape Nil,MA,Line Cook,35-2014.00,12.0,7.0,Y,Seasonal,40.0,$16.,24.0,,Hour,High School/GED,6.0,Cape Nil,Barnstable,MA",
    "H-400-18001-000004,2018-02-21,H-2B,Certification Expired,2018-02-15,2018-11-15,Imagined Shows LLC,Fairfield,PA,Ride Attendant,39-3091,50.0,50.0,Y,Peakload,48.0,$441.2,,,Week,,,Fairfield,Adams,PA",
    "H-400-18001-000005,2018-02-21,H-2B,Certification,2018-04-01,2018-11-30,Unreal Cleaning,Bay,FL,Housekeeper,37-2012,9.0,9.0,Y,Peakload,35.0,$9.72,14.58,,Piece Rate,,,Bay,Lee,FL",
    "H-400-18001-000006,2018-02-21,H-2B,Denied,2018-04-01,2018-11-30,Fictive Roofing,Bay,FL,Roofer,47-2181,5.0,,Y,Peakload,40.0,$15.2,,,Hour,,,Bay,Lee,FL",
    "H-400-18001-000007,2018-02-21,H-2B,REJECTED,,,Fictive Roofing,Bay,FL,,,,,Y,,40.0,,,,,,,Bay,Lee,",
    "H-400-18001-000008,2018-02-22,H-2B,Certification,2018-04-01,2018-11-30,Nowhere Concrete,Quarry,CO,Concrete Finisher,472051,4.0,4.0,Y,Peakload,40.0,#################,,,Hour,,,Quarry,Weld,CO",
    'H-400-18001-000009,2018-02-22,H-2B,Certification,2018-04-01,2018-11-30,Nowhere Concrete,Quarry,CO,Concrete Finisher,47-20,4.0,4.0,Y,Peakload,40.0,"12,39",,,Hour,,,Quarry,Weld,Colorrado',
    "H-400-18001-000001,2018-02-20,H-2B,Certification,2018-04-01,2018-11-30,Invented Lawns Inc,Springvale,TX,Landscape Laborer,37-3011,20.0,20.0,Y,Peakload,40.0,$13.31,19.97,,Hour,,,Springvale,Travis,TX",
    "H-400-18001-000010,2018-02-22,H-2B,Certification,4/1/2018,11/30/2018,Nowhere Crab House,Tideway,MD,Crab Picker,51-3022,15.0,15.0,Y,Seasonal,40.0,$9.66,,,Hour,,,Tideway,Dorchester,MD",
    "H-400-18001-000011,2018-02-22,H-2B,Certification,2018-04-01,2018-11-30,Nowhere Crab House,Tideway,MD,Boat Builder,99-9999,1.0,1.0,Y,Seasonal,40.0,$19.66,,,Hour,,,Tideway,Dorchester,MD",
]

#: H-2B of fiscal years 2020 and later, as a workbook: typed cells, dates as dates or serial numbers, no visa class.
H2B_2021_HEADINGS = (
    "CASE_NUMBER CASE_STATUS RECEIVED_DATE DECISION_DATE NATURE_OF_TEMPORARY_NEED EMPLOYER_NAME EMPLOYER_CITY EMPLOYER_STATE "
    "JOB_TITLE SOC_CODE SOC_TITLE TOTAL_WORKERS_REQUESTED TOTAL_WORKERS_CERTIFIED EMPLOYMENT_BEGIN_DATE EMPLOYMENT_END_DATE "
    "ANTICIPATED_NUMBER_OF_HOURS EDUCATION_LEVEL WORK_EXPERIENCE_MONTHS WORKSITE_CITY WORKSITE_COUNTY WORKSITE_STATE "
    "BASIC_WAGE_RATE_FROM BASIC_WAGE_RATE_TO OVERTIME_RATE_FROM OVERTIME_RATE_TO PER"
)
H2B_2021 = [
    ("H-400-20200-000001", "Determination Issued - Certification", "Seasonal", "INVENTED HOTEL LLC", "LAKEVIEW", "WI", "Room Attendant", "37-2012", 18, 18, date(2021, 4, 1), date(2021, 10, 31), 40, "None", 0, "LAKEVIEW", "DOOR", "WI", 14.19, 14.19, 21.285, None, "Hour"),
    ("H-400-20200-000002", "Determination Issued - Partial Certification", "Peakload", "MADE-UP LANDSCAPES", "MESA VISTA", "AZ", "Groundskeeper", 373011, 40, 32, 44287, 44561, 35, "None", 3, "MESA VISTA", "PINAL", "ARIZONA", 15.51, None, 23.27, None, "Hour"),
    ("H-400-20200-000003", "Determination Issued - Certification (Expired)", "Seasonal", "PRETEND SEAFOOD", "TIDEWAY", "AK", "Stocker", "53-7065", 10, 10, "06/01/2021", "09/15/2021", 42.5, "None", 1, "TIDEWAY", "KODIAK", "AK", 16.0, 18.5, 24.0, 27.75, "Hour"),
    ("H-400-20200-000004", "Determination Issued - Denied", "Peakload", "IMAGINED MASONRY", "QUARRY", "UT", "Mason Helper", "47-3011", 5, 0, date(2021, 4, 1), date(2021, 11, 30), 40, "None", 0, "QUARRY", "WEBER", "UT", 17.0, None, None, None, "Hour"),
    ("H-400-20200-000005", "Determination Issued - Certification", "Peakload", "UNREAL PAVING", "QUARRY", "UT", "Paver", "47-4091", 5, 5, date(2021, 4, 1), date(2021, 11, 30), 40, "None", 0, "QUARRY", "WEBER", "UT", 1700.0, None, None, None, "Hour"),
    ("H-400-20200-000006", "Determination Issued - Certification", "Peakload", "UNREAL PAVING", "QUARRY", "UT", "=HYPERLINK(A1)", "47-4091", 5.5, 5, date(2021, 4, 1), date(2026, 11, 30), 400, "None", 0, "QUARRY", "WEBER", "UT", "n.a.", None, None, None, "Fortnightly"),
]  # fmt: skip

#: A few links of our own between the two classifications, in the plainest form that the importer takes.
SOC_ISCO = """soc,soc title,isco,isco title
37-2012,Maids and Housekeeping Cleaners,9112,"Cleaners and Helpers in Offices, Hotels and Other Establishments"
37-2012,Maids and Housekeeping Cleaners,9111,Domestic Cleaners and Helpers
37-3011,Landscaping and Groundskeeping Workers,9214,Garden and Horticultural Labourers
35-2014,"Cooks, Restaurant",5120,Cooks
39-3091,Amusement and Recreation Attendants,9629,Elementary Workers Not Elsewhere Classified
45-2091,Agricultural Equipment Operators,8341,Mobile Farm and Forestry Plant Operators
45-2092,"Farmworkers and Laborers, Crop, Nursery, and Greenhouse",9211,Crop Farm Labourers
45-2092,"Farmworkers and Laborers, Crop, Nursery, and Greenhouse",9214,Garden and Horticultural Labourers
45-2093,"Farmworkers, Farm, Ranch, and Aquacultural Animals",9212,Livestock Farm Labourers
47-2051,Cement Masons and Concrete Finishers,7114,"Concrete Placers, Concrete Finishers and Related Workers"
51-3022,"Meat, Poultry, and Fish Cutters and Trimmers",7511,"Butchers, Fishmongers and Related Food Preparers"
43-5081,Stock Clerks and Order Fillers,4321,Stock Clerks
"""


def write(folder: Path = HERE) -> None:
    """Write the four samples into a folder."""
    (folder / "h2a_fy2017_sample.csv").write_text("\n".join(H2A_2017) + "\n", encoding="utf-8")
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(("\r\n".join(H2B_2018) + "\r\n").encode())
    (folder / "h2b_fy2018_sample.csv.gz").write_bytes(packed.getvalue())
    (folder / "soc_isco_sample.csv").write_text(SOC_ISCO, encoding="utf-8")
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "invented"
    sheet = book.create_sheet("H-2B_FY2021")
    sheet.append(H2B_2021_HEADINGS.split())
    for row in H2B_2021:
        sheet.append((*row[:2], date(2021, 1, 2), date(2021, 2, 20), *row[2:8], "SOC title", *row[8:]))
    book.save(folder / "h2b_fy2021_sample.xlsx")


if __name__ == "__main__":
    write()
