"""The addresses by which one can be an invented person of the demo; of no use outside demo mode."""

import hmac

#: People of the demo world have addresses under this domain, which nobody can own (RFC 2606).
DOMAIN = "demo.example"


def sign_in_token(secret: str, ref: str) -> str:
    """Return the token in a persona's sign-in address: it works on this installation only."""
    return f"{ref}.{hmac.digest(secret.encode(), f'demo:{ref}'.encode(), 'sha256').hex()[:24]}"
