"""Three-valued findings: what a rule saw, where the rule comes from and which figures it saw; no sentences."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from mobility.errors import InvalidError


class Verdict(StrEnum):
    """What a rule says of a case; ``UNKNOWN`` means that a fact is missing, never that it is bad."""

    PASS = auto()
    FAIL = auto()
    UNKNOWN = auto()


class Severity(StrEnum):
    """Whether a rule stops a case or only warns the people who decide."""

    BLOCK = auto()
    WARN = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's verdict on one case.

    Attributes
    ----------
    rule : str
        Id of the rule, such as ``"wage_floor"``.
    verdict : Verdict
        Pass, fail or unknown.
    code : str
        What was seen, such as ``"wage_floor.below"``; people's words for it are chosen by the pages.
    source : str
        Citation of the law or decision that asks for it.
    params : mapping of str to str or int
        The figures behind the verdict.
    severity : Severity
        Whether anything but a pass stops the case.
    """

    rule: str
    verdict: Verdict
    code: str
    source: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    severity: Severity = Severity.BLOCK

    @property
    def is_met(self) -> bool:
        """Whether the rule is met."""
        return self.verdict is Verdict.PASS

    @property
    def blocks(self) -> bool:
        """Whether this finding alone keeps the case from passing."""
        return self.severity is Severity.BLOCK and self.verdict is not Verdict.PASS


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict on the whole: a blocking fail, else a blocking unknown, else pass.

    Warnings never block, and no finding at all is a pass.
    """
    verdicts = {finding.verdict for finding in findings if finding.severity is Severity.BLOCK}
    return next((verdict for verdict in (Verdict.FAIL, Verdict.UNKNOWN) if verdict in verdicts), Verdict.PASS)


def stop_at(findings: Iterable[Finding], field_of: Callable[[Finding], str | None] = lambda _finding: None) -> None:
    """Refuse at the first finding that blocks.

    Parameters
    ----------
    findings : iterable of Finding
    field_of : callable
        From a finding to the field of the form that it is about, None for none.

    Raises
    ------
    InvalidError
        With the finding's code and figures.
    """
    for finding in findings:
        if finding.blocks:
            raise InvalidError(finding.code, field=field_of(finding), **finding.params)


def judge(rule: str, *, ok: bool, source: str, no: str = "not_met", **params: str | int) -> Finding:
    """Return a finding coded ``rule.met`` if ``ok``, else a fail coded ``rule.<no>``."""
    if ok:
        return Finding(rule, Verdict.PASS, f"{rule}.met", source, params)
    return Finding(rule, Verdict.FAIL, f"{rule}.{no}", source, params)


def unknown(rule: str, source: str, *, code: str = "missing", **params: str | int) -> Finding:
    """Return an unknown finding coded ``rule.<code>``: a fact that the rule needs is not there."""
    return Finding(rule, Verdict.UNKNOWN, f"{rule}.{code}", source, params)
