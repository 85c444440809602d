"""Words for the causes of steps that end or hold up what others rely on."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.basics.causes import Cause
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
    Cause.NO_LONGER_NEEDED: _l("The work is not needed any more"),
    Cause.FOUND_LOCALLY: _l("People were found in the country"),
    Cause.CANNOT_KEEP_TERMS: _l("The terms cannot be kept"),
    Cause.DATES_MOVED: _l("The dates of the work have moved"),
    Cause.TERMS_MOVED: _l("The terms of the work change"),
    Cause.SITE_UNFIT: _l("The worksite or the housing cannot be used"),
    Cause.ENTERED_WRONGLY: _l("It was entered by mistake"),
    Cause.NEED_MET: _l("The need is met"),
    Cause.FIGURES_IN_DOUBT: _l("The figures that it rests on are in doubt"),
    Cause.RIGHTS_AT_RISK: _l("The rights of workers are at risk"),
    Cause.SAFETY_AT_RISK: _l("People are not safe there"),
    Cause.UNDER_REVIEW: _l("The ministries are reviewing it"),
    Cause.NOTICE_GIVEN: _l("One of the parties gave notice"),
    Cause.REPLACED: _l("Another one replaces it"),
    Cause.LAST_DAY_PAST: _l("Its last day has gone by"),
    Cause.SHORTAGE_ENDED: _l("The declared shortage has ended"),
    Cause.SCHEME_CLOSED: _l("The scheme is closed"),
    Cause.EMPLOYER_DEBARRED: _l("The employer is debarred"),
    Cause.OTHER: _l("Another cause"),
}

SENTENCES: Mapping[str, Text] = {
    "cause.missing": _l("Choose the cause. Everybody concerned can read it."),
    "cause.not_for_step": _l("This cause does not belong to this step. Choose another one."),
}
