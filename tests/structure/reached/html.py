"""A page as somebody without a mouse meets it: where its links lead, and what its forms ask for."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Control:
    """One thing to fill in."""

    name: str
    kind: str
    value: str = ""
    chosen: bool = False
    options: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Form:
    """What is sent where."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> bool:
        return any(control.kind == "file" for control in self.controls)


class Page(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.refusals = re.findall(r'govuk-error-message">(.*?)</p>', text, re.DOTALL)
        self._form: Form | None = None
        self._control: Control | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        for name in ("hx-get", "data-table", "data-src"):
            if name in given:
                self.links.append(given[name])
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._in_form(tag, given)

    def _in_form(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form, given.get("name", "")
        assert form is not None
        if tag == "button" or (tag == "input" and given.get("type") == "submit"):
            form.buttons.append((name, given.get("value", "")))
        elif tag in {"input", "textarea", "select"} and name:
            kind = given.get("type", "text") if tag == "input" else tag
            kind = "number" if kind == "text" and given.get("inputmode") == "numeric" else kind
            self._control = Control(name, kind, given.get("value", ""), "checked" in given)
            form.controls.append(self._control)
        elif tag == "option" and self._control is not None:
            self._control.options.append((given.get("value", ""), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in {"textarea", "select"}:
            self._control = None

    def handle_data(self, data: str) -> None:
        if self._control is not None and self._control.kind == "textarea":
            self._control.value += data
