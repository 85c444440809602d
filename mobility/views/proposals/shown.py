"""What the page of a proposal shows of its reasons, in words; reads what the run stored, decides nothing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.forms.fields import offer
from mobility.forms.schemes.rules import WaiverForm
from mobility.forms.words import label, sentence, term_name
from mobility.matching.runs import EVIDENCE, ChangeKind, Meets
from mobility.models.concepts.occupations import Skill
from mobility.models.proposals import MatchProposal, ProposalEnding
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists import waiver_lists
from mobility.queries.pools.demands import names_of_skills
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.basics.skills import Evidence, SkillLevel
from mobility.rules.cases.checks import CheckKind, CheckRecord, deciding
from mobility.rules.cases.proposals import OPEN_STATES, ProposalEvent, is_over
from mobility.rules.cases.waivers import holds
from mobility.rules.law.safeguards import RULE, embedded_lists
from mobility.security.actors import Actor
from mobility.security.policy import allowed
from mobility.security.scopes import visible
from mobility.security.steps import lifecycle_of
from mobility.security.worker_views import WorkerView
from mobility.services.proposals import validity
from mobility.services.schemes import waivers as waiving
from mobility.views.frame.filters import day, moment, number, title_of

Row = dict[str, Any]
#: Facts that a reviewer who decides blind must not read off a rule, and the fields of the worker that hide them.
_BLIND = {"worker.age": "born_on", "worker.nationalities": "nationalities"}
_ORDER = {Verdict.FAIL: 0, Verdict.UNKNOWN: 1, Verdict.PASS: 2}
_NEXT = {
    ProposalEvent.ENDORSE: "next.endorse",
    ProposalEvent.APPROVE: "next.approve",
    ProposalEvent.ACCEPT: "next.accept",
    ProposalEvent.SELECT: "next.select",
    ProposalEvent.PLACE: "next.place",
    ProposalEvent.APPEAL: "next.appeal",
    ProposalEvent.UPHOLD: "next.uphold",
}


def schemes(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return reference and title of the schemes that the actor may filter by."""
    found = session.scalars(visible(actor, Scheme).order_by(Scheme.title_en, Scheme.id))
    return [(scheme.ref, title_of(scheme)) for scheme in found]


def contributions(proposal: MatchProposal) -> list[Row]:
    """Return the points of each term as the score macro takes them; they add up to the score."""
    return [
        {
            "name": term_name(part["feature"]),
            "value": part["points"],
            "shown": number(part["points"]),
            "note": _("of %(full)s", full=number(part["full"])),
        }
        for part in proposal.contributions
        if part["full"]
    ]


def skills(session: Session, proposal: MatchProposal) -> list[Row]:
    """Return each skill asked for: level asked and had, on what evidence."""
    names = names_of_skills(session)
    return [
        {
            "skill": _skill_name(names, asked["skill"]),
            "essential": asked["essential"],
            "asked": label(SkillLevel(asked["asked"])),
            "had": label(SkillLevel(asked["had"])) if asked["had"] else None,
            "evidence": label(Evidence(asked["evidence"])) if asked["evidence"] else None,
            "meets": Meets(asked["meets"]),
        }
        for asked in proposal.reasons.get("skills", [])
    ]


def _skill_name(names: Mapping[str, Skill], code: str) -> str:
    return title_of(names[code], "label") if code in names else code


def findings(proposal: MatchProposal, *, hidden: frozenset[str]) -> list[Row]:
    """Return every rule's verdict, those not met first; figures that the reader must not know are left out."""
    own_words = _own_words(proposal)
    rows = [
        {
            "rule": own_words.get(found["rule"], {}).get(_language()) or found["rule"],
            "verdict": Verdict(found["verdict"]),
            "severity": Severity(found["severity"]),
            "source": found["source"],
            "detail": "" if _tells(found["params"], hidden) else sentence(found["code"], found["params"]),
        }
        for found in proposal.findings
    ]
    return sorted(rows, key=lambda row: (row["severity"] is Severity.WARN, _ORDER[row["verdict"]]))


def _tells(params: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    return any(str(value) in _BLIND and _BLIND[str(value)] in hidden for value in params.values())


def changes(session: Session, proposal: MatchProposal) -> list[str]:
    """Return in words what would lift the score most, and what would be enough to stay ahead."""
    names = names_of_skills(session)
    found = [proposal.reasons.get(key) for key in ("change", "best_change")]
    told = [_change(names, change) for change in found if change]
    return list(dict.fromkeys(told))


def _change(names: Mapping[str, Skill], change: Mapping[str, Any]) -> str:
    kind, subject, after = ChangeKind(change["kind"]), change["subject"], change["after"]
    words: dict[ChangeKind, tuple[str, str]] = {
        ChangeKind.EXPERIENCE: ("", number(after) or ""),
    }
    if kind in {ChangeKind.SKILL_LEVEL, ChangeKind.EVIDENCE}:
        better = EVIDENCE[after] if kind is ChangeKind.EVIDENCE else SkillLevel(after)
        words[kind] = (_skill_name(names, subject), label(better) if better is not None else "")
    elif kind is ChangeKind.LANGUAGE:
        words[kind] = (_language_name(subject), Cefr(after).name)
    named, value = words[kind]
    return sentence(f"change.{kind}", {"subject": named, "after": value, "score": number(change["score"])})


def near(around: Mapping[str, Any] | None, seen: Mapping[int, str], proposal: MatchProposal) -> list[Row]:
    """Return who came close without being proposed, and why; a reference only where the reader may know it."""
    if around is None:
        return []
    own_words = _own_words(proposal)
    return [
        {
            "worker": seen.get(miss["worker"]),
            "score": number(miss["score"]),
            "why": _why(miss, own_words),
        }
        for miss in around["misses"]
    ]


def _own_words(proposal: MatchProposal) -> dict[str, Mapping[str, str]]:
    """Return the sentence of each rule that the run asked, by its name: the scheme's and the safeguard list's."""
    own = {rule["id"]: rule.get("sentence") or {} for rule in proposal.run.rule_set.rules}
    return {RULE: embedded_lists()[-1].sentence, **own}


def _why(miss: Mapping[str, Any], own_words: Mapping[str, Mapping[str, str]]) -> str:
    if miss["rule"]:
        rule = own_words.get(miss["rule"], {}).get(_language()) or miss["rule"]
        return sentence("near.rule", {"rule": rule})
    return sentence(f"near.{miss['reason']}", {"quota": miss["quota"] or ""})


def offer_waivable(session: Session, actor: Actor, proposal: MatchProposal, form: WaiverForm, *, at: datetime) -> bool:
    """Give the form of a waiver the rules that the actor may waive today; tell whether there are any."""
    if proposal.state not in OPEN_STATES:
        offer(form.rule, [])
        return False
    found = waiving.waivable(session, actor, proposal, at=at)
    offer(form.rule, [(rule.id, rule.sentence.get(_language()) or rule.id) for rule in found], empty=_("Choose"))
    return bool(found)


def waivers(session: Session, actor: Actor, proposal: MatchProposal, *, at: datetime) -> list[Row]:
    """Return the waivers of a proposal's worker in its scheme, newest first."""
    own_words = _own_words(proposal)
    return [
        {
            "waiver": each,
            "rule": own_words.get(each.rule, {}).get(_language()) or each.rule,
            "holds": holds(
                each.valid_until,
                withdrawn=each.withdrawn_at is not None,
                today=day_in(proposal.vacancy.scheme.country, at),
            ),
            "may_withdraw": each.withdrawn_at is None and allowed(actor, Permission.WAIVER_WITHDRAW, each),
        }
        for each in waiver_lists.of_worker(session, actor, proposal.vacancy.scheme_id, proposal.worker_id)
    ]


def timeline(proposal: MatchProposal) -> list[Row]:
    """Return what happened to a proposal, newest first."""
    decided = [
        {
            "title": label(step.state_after),
            "at": moment(step.decided_at),
            "at_iso": step.decided_at.isoformat(),
            "by": f"{step.user.name}, {step.organisation.name}",
            "text": _said(step.reason and label(step.reason), step.note, override=step.override),
        }
        for step in reversed(proposal.decisions)
    ]
    made = {
        "title": _("Proposed by match run %(run)s, rank %(rank)s", run=proposal.run.ref, rank=proposal.rank),
        "at": moment(proposal.created_at),
        "at_iso": proposal.created_at.isoformat(),
    }
    return [*_closed(proposal), *decided, made]


def _closed(proposal: MatchProposal) -> list[Row]:
    """Return the end of a proposal that nobody decided on: when, by whose step, and why."""
    ending = proposal.ending
    if ending is None:
        return []
    by = ending.organisation
    return [
        {
            "title": label(proposal.state),
            "at": moment(ending.ended_at),
            "at_iso": ending.ended_at.isoformat(),
            "by": by.name if by else None,
            "text": why_ended(ending),
        }
    ]


def why_ended(ending: ProposalEnding) -> str:
    """Return the coded reason of an end in words, with the cause of the step behind it, if one was given."""
    return ". ".join(label(code) for code in (ending.reason, ending.cause) if code is not None)


def _said(reason: str | None, note: str | None, *, override: bool) -> str:
    against = _("Against the ranking") if override else None
    return ". ".join(part for part in (reason, against, note) if part)


def next_step(proposal: MatchProposal, *, at: datetime) -> str:
    """Return who must act next."""
    events = lifecycle_of(proposal).events(proposal.state)
    if is_over(proposal.expires_at, at) and ProposalEvent.EXPIRE in events:
        return sentence("next.over")
    return sentence(next((_NEXT[event] for event in events if event in _NEXT), "next.none"))


def standing(session: Session, proposal: MatchProposal, *, at: datetime) -> Row:
    """Return when it is looked at, who must act next, and what has run out of an open proposal."""
    still = proposal.state in OPEN_STATES
    codes = validity.run_out(session, proposal, at=at) if still else []
    return {"at": at, "next": next_step(proposal, at=at), "run_out": [sentence(code) for code in codes]}


def languages(worker: WorkerView) -> list[str]:
    """Return the languages of a worker with their levels."""
    spoken: Mapping[str, int] = worker.languages or {}
    return [f"{_language_name(code)} {Cefr(level).name}" for code, level in sorted(spoken.items())]


def checks(worker: WorkerView, on: date) -> list[str]:
    """Return the check that counts of each kind, with its last day; older ones stand in the worker's file."""
    held = [CheckRecord(seen.kind, seen.result, seen.checked_on, seen.valid_until) for seen in worker.checks]
    counting = (deciding(held, kind, on) for kind in CheckKind)
    return [_check(check, on) for check in counting if check is not None]


def _check(check: CheckRecord, on: date) -> str:
    kind, result = label(check.kind), label(check.result)
    if check.valid_until is None:
        return _("%(name)s: %(value)s", name=kind, value=result)
    if check.valid_until < on:
        return _("%(name)s: ran out on %(day)s", name=kind, day=day(check.valid_until))
    return _("%(name)s: %(value)s, valid until %(day)s", name=kind, value=result, day=day(check.valid_until))


def _language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "en"


def _language_name(code: str) -> str:
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code
