"""Forms of signing in and of one's own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from mobility.forms.fields import one_line


class SignInForm(FlaskForm):
    """Email and password."""

    email = EmailField(
        _l("Email address"),
        validators=[InputRequired(_l("Enter your email address")), one_line, Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Enter your password")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )


class ProofForm(FlaskForm):
    """The password once more."""

    password = PasswordField(
        _l("Your password"),
        validators=[InputRequired(_l("Enter your password")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    """The code that an authenticator shows."""

    code = StringField(
        _l("6-digit code"),
        description=_l("Your authenticator app shows a new code every 30 seconds."),
        validators=[InputRequired(_l("Enter the code that your authenticator shows")), one_line, Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasswordForm(FlaskForm):
    """A change of one's own password."""

    old = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Enter your present password")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Several words are easier to remember than symbols."),
        validators=[InputRequired(_l("Enter a new password")), Length(max=128)],
        render_kw={"autocomplete": "new-password"},
    )
