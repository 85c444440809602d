"""Words that every resource needs: refusals of use cases and of forms."""

from collections.abc import Mapping

from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

#: What each language of the product is called in the others.
LANGUAGES: Mapping[str, Text] = {"en": _l("English"), "es": _l("Spanish"), "fr": _l("French")}

SENTENCES: Mapping[str, Text] = {
    "stale": _l("Someone changed this while you were looking at it. Check what it says now, then try again."),
    "key_reused": _l("This form was sent before with other content. Open it again and send it once."),
    "password_too_short": _l("Use at least %(least)s characters. Several words are easier to remember than symbols."),
    "password_too_long": _l("Use at most %(most)s characters."),
    "password_guessable": _l("This password is easy to guess. Use several words that do not belong together."),
    "reference.check": _l("This reference has a typing error: its last character does not fit the others."),
    "reference.malformed": _l("A reference looks like W-7K3M-9QXA-4."),
    "reference.prefix": _l("This reference names a thing of another kind."),
    "audit_stream_busy": _l("Too much is being recorded at once. Try again in a few minutes."),
}
