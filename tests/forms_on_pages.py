"""What a person would send without touching anything: the controls of a form on a page, with what they hold."""

from typing import Any

from tests.web import HTML, Answer


def forms(answer: Answer) -> list[Any]:
    """Return the forms of a page that post somewhere, but sign-out and language."""
    return [
        form
        for form in answer.page.iter(f"{HTML}form")
        if form.get("method") == "post" and form.get("action") not in {"/sign-out", "/language"}
    ]


def held(form: Any) -> dict[str, list[str]]:
    """Return what the controls of a form hold, as a browser would send it."""
    sent: dict[str, list[str]] = {}

    def put(name: str | None, value: str) -> None:
        if name:
            sent.setdefault(name, []).append(value)

    for control in form.iter(f"{HTML}input"):
        kind = control.get("type", "text")
        if kind in {"checkbox", "radio"} and control.get("checked") is None:
            continue
        if kind not in {"submit", "button"}:
            put(control.get("name"), control.get("value") or "")
    for control in form.iter(f"{HTML}textarea"):
        put(control.get("name"), (control.text or "").removeprefix("\n"))
    for control in form.iter(f"{HTML}select"):
        options = list(control.iter(f"{HTML}option"))
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        for option in chosen:
            put(control.get("name"), option.get("value", ""))
    return sent
