"""Words for agreements, schemes, signatures and quotas."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.agreements import AgreementState, CostBearer, CostKind, Side
from mobility.rules.cases.schemes import ReviewOrder, SchemeKind, SchemeState
from mobility.rules.quotas.counters import QuotaDimension
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

#: One table an enumeration: members of two with one value are equal and would share a key.
LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        AgreementState.STANDING: _l("Stands"),
        AgreementState.SUSPENDED: _l("Suspended"),
        AgreementState.ENDED: _l("Ended"),
    },
    {
        SchemeState.DRAFT: _l("Draft"),
        SchemeState.SUBMITTED: _l("Submitted for signature"),
        SchemeState.APPROVED_BY_DESTINATION: _l("Signed by the destination"),
        SchemeState.APPROVED_BY_ORIGIN: _l("Signed by the countries of origin"),
        SchemeState.APPROVED: _l("Signed by all"),
        SchemeState.ACTIVE: _l("Active"),
        SchemeState.SUSPENDED: _l("Suspended"),
        SchemeState.CLOSED: _l("Closed"),
    },
    {
        SchemeKind.SEASONAL: _l("Seasonal work"),
        SchemeKind.TEMPORARY: _l("Temporary work"),
        SchemeKind.CIRCULAR: _l("Circular migration"),
        SchemeKind.SKILLED: _l("Skilled work"),
        SchemeKind.FAMILY: _l("Family"),
        SchemeKind.DISASTER_RESPONSE: _l("Response to a disaster"),
    },
    {
        ReviewOrder.GOVERNMENTS_FIRST: _l("Both governments decide first, then worker and employer"),
        ReviewOrder.EMPLOYER_FIRST: _l("The employer selects before the destination decides"),
    },
    {
        Side.DESTINATION: _l("Destination"),
        Side.ORIGIN: _l("Country of origin"),
    },
    {
        CostKind.RECRUITMENT: _l("Recruitment"),
        CostKind.VISA: _l("Visa"),
        CostKind.PASSPORT: _l("Passport"),
        CostKind.MEDICAL: _l("Medical check"),
        CostKind.TRAVEL_OUT: _l("Journey out"),
        CostKind.TRAVEL_BACK: _l("Journey back"),
        CostKind.HOUSING: _l("Housing"),
        CostKind.INSURANCE: _l("Insurance"),
        CostKind.TRAINING: _l("Training"),
    },
    {
        CostBearer.EMPLOYER: _l("the employer"),
        CostBearer.WORKER: _l("the worker"),
        CostBearer.DESTINATION: _l("the destination"),
        CostBearer.ORIGIN: _l("the country of origin"),
        CostBearer.SHARED: _l("shared"),
    },
    {
        QuotaDimension.TOTAL: _l("Everybody"),
        QuotaDimension.ORIGIN: _l("Country of origin"),
        QuotaDimension.SECTOR: _l("Sector"),
        QuotaDimension.REGION: _l("Region of work"),
        QuotaDimension.EMPLOYER: _l("Employer"),
        QuotaDimension.RETURNING: _l("Returning workers"),
        QuotaDimension.SEX_FLOOR: _l("Open to all, beside the places kept for"),
    },
)

SENTENCES: Mapping[str, Text] = {
    "not_found.scheme": _l("There is no scheme %(ref)s. The command `mobility scheme list` shows the number of each."),
    "agreement.not_a_ministry": _l("This is not a ministry of that side."),
    "agreement_in_force.met": _l("The agreement is in force on %(day)s."),
    "agreement_in_force.not_met": _l("The agreement is not in force on %(day)s. It runs from %(start)s to %(end)s."),
    "recruitment_cost.met": _l("%(cost)s: %(bearer)s."),
    "recruitment_cost.on_worker": _l("This cost must not fall on the worker, not even in part: %(cost)s."),
    "scheme_rule_set.met": _l("The rules are there and valid."),
    "scheme_rule_set.none": _l("A scheme needs at least one rule."),
    "scheme_rule_set.not_yet_valid": _l("The rules apply from %(valid_from)s. Start the scheme on that day or later."),
    "scheme_agreement.met": _l("An agreement is in force."),
    "scheme_agreement.none_in_force": _l("A scheme needs an agreement that is in force."),
    "scheme_quota.met": _l("The scheme has a quota."),
    "scheme_quota.none": _l("A scheme needs at least one quota."),
    "scheme_signatures.met": _l("All ministries have signed."),
    "scheme_signatures.missing": _l("Signatures that are still missing: %(missing)s."),
    "scheme_match_runs.met": _l("No match run is under way."),
    "scheme_match_runs.open": _l("Match runs that are under way: %(count)s. Wait for them, or cancel them."),
    "scheme.already_signed": _l("Your ministry has signed this version already."),
    "scheme.not_a_party": _l("Your ministry is not a party to this scheme."),
    "scheme.signs_for_both": _l("The same person cannot sign for two ministries."),
    "scheme.stay_out_of_range": _l("Enter a number of months from %(least)s to %(most)s."),
    "scheme.no_agreement": _l("Choose at least one agreement."),
    "scheme.unknown_agreement": _l("One of these agreements is not yours. Choose from the list."),
    "scheme.origin_twice": _l("Choose one agreement for each country of origin."),
    "scheme.cap_without_agreement": _l("Tick the agreement of each country that gets places."),
    "scheme.version_pending": _l("A version of the rules is waiting for signatures. Wait until all have signed it."),
    "scheme.version_not_ahead": _l("Choose a day after %(day)s: rules never change backwards."),
    "scheme.version_unchanged": _l("These are the rules that are signed already. Change at least one."),
    "scheme.version_overdue": _l(
        "This version was to apply from %(day)s and was not signed in time. The destination must issue a new one."
    ),
    "scheme.no_rules_in_force": _l("No signed rules are in force on %(day)s."),
    "quota.nothing_to_move": _l("There is no place left to move."),
    "quota.floor_above_total": _l("%(floor)s places cannot be kept out of %(total)s."),
    "quota.negative_cap": _l("A quota cannot be less than zero."),
    "quota.cap_below_taken": _l("%(taken)s places are taken already. The quota cannot be smaller than that."),
    "quota.scheme_closed": _l("The scheme is closed. Its quotas stay as they are."),
    "quota.already_taken": _l("This proposal holds a place already."),
    "quota.twice": _l("There are two quotas for the same thing and period."),
    "quota.follows_from_places": _l("This quota follows from the places of the scheme. Change those."),
    "quota.stands_alone": _l("This quota follows from no places. Change its own number."),
    "quota.half_outside_year": _l("The second half must begin inside the year: after %(start)s and up to %(end)s."),
    "quota.half_without_day": _l("Enter the day on which the second half begins."),
    "quota.carry_without_half": _l("Places can go over only if the year has two halves."),
    "quota.carry_outside_half": _l("Places can go over from %(start)s to %(end)s: in the second half."),
    "quota.set_aside_above_pot": _l("%(set_aside)s places cannot be set aside out of %(pot)s for returning workers."),
    "quota.set_aside_incomplete": _l("A set-aside needs both a number of places and its countries."),
    "quota.pot_comes_or_goes": _l(
        "Places for returning workers or a set-aside cannot be added or dropped here: they are part of what was signed."
    ),
    "quota.further_incomplete": _l("A further quota needs both a number of places and somebody whom it counts."),
    "quota.value_missing": _l("Say whom the quota counts."),
    "quota.value_unasked": _l("A quota for everybody names nobody in particular."),
    "quota.value_too_long": _l("This quota names too much. Make several quotas of it."),
    "quota.unknown_code": _l("There is no such code: %(value)s. Nothing was changed."),
    "quota.dimension_twice": _l("A quota can ask each thing only once."),
    "quota.not_a_condition": _l("This cannot be asked beside something else."),
    "quota.periods_overlap": _l(
        "Two quotas for the same thing both count the days from %(start)s to %(end)s. Let one end before the other."
    ),
    "quota.origin_outside": _l("No agreement of this scheme is with this country: %(country)s."),
}
