"""Fields for occupations and skills in people's own words: what was typed stays, and only a person's choice counts."""

import re
import zlib
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from mobility.forms.fields import stripped
from mobility.forms.words import label
from mobility.services.concepts.search import LONGEST_TEXT, LONGEST_WORDS, Mention, Suggestion

#: A code that somebody typed instead of words: 9211, or what stands at the end of a title as lists show it.
_CODE = re.compile(r"(?:isco-|.*\()?([0-9]{4})\)?", re.DOTALL)
KEY, FOR = "_key", "_for"
_KEY = re.compile(r"[A-Za-z0-9.:-]{1,80}")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")


def visible(text: str | None) -> str:
    """Return the text with spaces for characters that nobody sees: they say nothing about an occupation or a skill."""
    return stripped(_INVISIBLE.sub(" ", text or ""))


def visible_line(text: str | None) -> str:
    """Return the text as one line, likewise."""
    return " ".join(visible(text).split())


def not_ready() -> str:
    """Return what is said while the search is made ready after a start."""
    return _("The search is being made ready. Try again in a minute.")


def why_offered(skill: Suggestion) -> str:
    """Return why a skill is offered: the name that matched, if it is not the one shown, and how sure that is."""
    sure = label(skill.confidence)
    return sure if skill.matched == skill.title else f"{_('also called: %(name)s', name=skill.matched)} · {sure}"


class OccupationField(StringField):
    """An occupation by words and choice: ``words`` in the box, the key chosen, and the words that it was chosen for.

    The view looks up what was chosen (``chosen``), or else what the words may mean (``suggestions``), before it
    validates; the field itself never takes the likeliest. ``is_early`` says that the search was not ready yet.
    """

    def __init__(self, label: Any, *, required: Any = None, description: Any = "", **options: Any) -> None:
        self.required = required
        self.key = self.chosen_for = ""
        self.chosen: Suggestion | None = None
        self.suggestions: Sequence[Suggestion] = ()
        self.is_early = False
        checks = [_is_chosen] if required else [_is_chosen_if_given]
        super().__init__(label, checks, filters=[visible_line], description=description, **options)
        self.flags.optional = not required

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the words, and the choice that was made for them."""
        super().process(formdata, data, extra_filters)
        if formdata:
            self.key = formdata.get(f"{self.name}{KEY}", "")
            self.chosen_for = visible_line(formdata.get(f"{self.name}{FOR}", ""))

    @property
    def words(self) -> str:
        """What stands in the box."""
        return self.data or ""

    @property
    def asked(self) -> str:
        """The key that the person chose for these words, or whose code they typed; empty if neither."""
        if self.key and self.chosen_for == self.words and _KEY.fullmatch(self.key):
            return self.key
        typed = _CODE.fullmatch(self.words[:LONGEST_WORDS])
        return f"isco-{typed.group(1)}" if typed else ""

    @property
    def code(self) -> str:
        """The ISCO-08 unit group of what was chosen; empty if nothing was."""
        return self.chosen.group if self.chosen else ""

    @property
    def concept(self) -> str | None:
        """The key of the narrower occupation that was chosen; None for a unit group."""
        return None if self.chosen is None or self.chosen.key.startswith("isco-") else self.chosen.key


def _is_chosen(form: Any, field: OccupationField) -> None:
    if not field.words and not field.chosen:
        raise StopValidation(str(field.required))
    _is_chosen_if_given(form, field)


def _is_chosen_if_given(_form: Any, field: OccupationField) -> None:
    if not field.words or field.chosen:
        return
    if field.is_early:
        raise StopValidation(not_ready())
    if field.suggestions:
        raise StopValidation(_("Choose one of the occupations that these words may mean"))
    raise StopValidation(_("No occupation is like these words. Try others, or type the code of an ISCO-08 unit group"))


class SkillWordsField(StringField):
    """Words for a skill that is not on the list; the page shows what they may mean, and the person says how well.

    ``suggestions`` are those not answered yet; ``is_like_nothing`` says that there never were any, ``is_early`` that
    the search was not ready yet.
    """

    def __init__(self, label: Any, *, description: Any = "", **options: Any) -> None:
        self.shown_for = ""
        self.suggestions: Sequence[Suggestion] = ()
        self.is_like_nothing = self.is_early = False
        checks = [Length(max=LONGEST_WORDS)]
        super().__init__(label, checks, filters=[visible_line], description=description, **options)
        self.flags.optional = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the words, and those for which suggestions were shown before."""
        super().process(formdata, data, extra_filters)
        if formdata:
            self.shown_for = visible_line(formdata.get(f"{self.name}{FOR}", ""))

    def take_over(self, found: "SkillWordsField") -> None:
        """Show what was found for these words in another copy of the form."""
        self.suggestions, self.is_like_nothing = found.suggestions, found.is_like_nothing
        self.is_early = found.is_early

    @property
    def is_unseen(self) -> bool:
        """Whether there are suggestions that the person has not had before them yet."""
        return bool(self.suggestions) and self.shown_for != (self.data or "")


class SkillTextField(TextAreaField):
    """A free text that mentions skills; the page shows which, with the words that say so, and the person confirms."""

    def __init__(self, label: Any, *, limit: int = LONGEST_TEXT, description: Any = "", **options: Any) -> None:
        self.shown_for = ""
        self.mentions: Sequence[Mention] = ()
        self.is_early = False
        checks = [Length(max=limit)]
        super().__init__(label, checks, filters=[visible], description=description, **options)
        self.flags.optional = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the text, and that for which suggestions were shown before."""
        super().process(formdata, data, extra_filters)
        if formdata:
            self.shown_for = formdata.get(f"{self.name}{FOR}", "")

    def take_over(self, found: "SkillTextField") -> None:
        """Show what was found in this text in another copy of the form."""
        self.mentions, self.is_early = found.mentions, found.is_early

    @property
    def mark(self) -> str:
        """A short mark of the text, by which the page knows that its suggestions were shown."""
        return text_mark(self.data or "")

    @property
    def is_unseen(self) -> bool:
        """Whether there are suggestions that the person has not had before them yet."""
        return bool(self.mentions) and self.shown_for != self.mark


def text_mark(text: str) -> str:
    """Return a short mark that changes with the text, line ends aside."""
    return f"{zlib.crc32(' '.join(text.split()).encode()):08x}"
