from hypothesis import given
from hypothesis import strategies as st

from mobility.security.demo_doors import DOMAIN, sign_in_token

REF = "U-7K3M-9QXA-4"


def test_a_token_names_the_person_and_proves_the_installation():
    ref, _, proof = sign_in_token("secret", REF).partition(".")
    assert ref == REF
    assert len(proof) == 24
    assert sign_in_token("secret", REF) == sign_in_token("secret", REF)


@given(st.text(min_size=1), st.text(min_size=1))
def test_another_installation_and_another_person_have_another_token(first, second):
    if first != second:
        assert sign_in_token(first, REF) != sign_in_token(second, REF)
        assert sign_in_token("secret", first) != sign_in_token("secret", second)


def test_the_domain_belongs_to_nobody():
    assert DOMAIN.endswith(".example")
