"""Time-based one-time codes (RFC 6238): each works once, even when it is sent twice at the same moment."""

from datetime import datetime

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.users import User
from mobility.security.keyring import keyring_of
from mobility.security.sealing import open_totp

STEP_SECONDS = 30
DRIFT_STEPS = 1


def new_secret() -> str:
    """Return a fresh 160-bit secret for an authenticator."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, account: str) -> str:
    """Return the ``otpauth`` address that an authenticator scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Mobility")


def use_code(session: Session, user: User, code: str, *, at: datetime) -> bool:
    """Tell whether the code is right now (one step either side) and was not used before; marks it as used."""
    secret = open_totp(keyring_of(session), user)
    step = None if secret is None else matching_step(secret, code, at=at)
    if step is None:
        return False
    newer = sa.or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    spent = sa.update(User).where(User.id == user.id, newer).values(totp_last_step=step).returning(User.id)
    return session.scalar(spent.execution_options(synchronize_session=False)) is not None


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step whose code this is, or None."""
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    given = code.replace(" ", "")
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(totp.at(step * STEP_SECONDS), given):
            return step
    return None
