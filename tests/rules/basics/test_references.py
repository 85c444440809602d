import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.references import CODES, SYMBOLS, Prefix, new_reference, parse_reference

FORM = re.compile(r"[OUASHEVWRPQJBTFGYXNCK]-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z U]")
PREFIXES = st.sampled_from(Prefix)
BYTES = st.binary(min_size=5, max_size=5)
REFERENCES = st.builds(new_reference, PREFIXES, BYTES)
#: What people may write for a symbol without changing it.
ALIKE = {"0": "0Oo", "1": "1IiLl"}


def test_the_prefixes_are_those_of_the_contract():
    assert {prefix.name: prefix.value for prefix in Prefix} == {
        "ORGANISATION": "O", "USER": "U", "AGREEMENT": "A", "SCHEME": "S", "SHORTAGE": "H", "EMPLOYER": "E", "VACANCY": "V",
        "WORKER": "W", "MATCH_RUN": "R", "PROPOSAL": "P", "QUOTA": "Q", "JOB": "J", "RULE_SET": "B",
        "TAXONOMY_EDITION": "T", "PUBLICATION": "F", "SUGGESTION": "G", "WEIGHTS": "Y", "WAIVER": "X", "NOTICE": "N",
        "SCENARIO": "C", "SCORECARD": "K",
    }  # fmt: skip


def by_hand(prefix, body):
    """Check symbol computed another way: digit by digit, the prefix as the first digit."""
    order = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    first = {"O": 32, "U": 36}.get(prefix)
    total = order.index(prefix) if first is None else first
    for symbol in body:
        total = (total * 32 + order.index(symbol)) % 37
    return (order + "*~$=U")[total]


@given(PREFIXES, BYTES)
def test_a_reference_has_its_form_and_the_check_symbol_that_one_gets_by_hand(prefix, data):
    reference = new_reference(prefix, data)
    assert FORM.fullmatch(reference)
    assert reference[0] == prefix
    body = reference[2:6] + reference[7:11]
    assert reference[-1] == by_hand(prefix, body)


def test_symbols_leave_out_letters_that_look_like_others():
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 32
    assert not set("ILOU") & set(SYMBOLS)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (bytes(5), "0000-0000"),
        (bytes([0, 0, 0, 0, 31]), "0000-000Z"),
        (bytes([0, 0, 0, 0, 32]), "0000-0010"),
        (b"\xff" * 5, "ZZZZ-ZZZZ"),
        (bytes([8, 0, 0, 0, 0]), "1000-0000"),
    ],
)
def test_forty_bits_become_eight_symbols(data, body):
    plain = [prefix for prefix in Prefix if by_hand(prefix, body.replace("-", "")) not in "*~$="]
    assert len(plain) >= 8
    assert {new_reference(prefix, data)[2:-2] for prefix in plain} == {body}


def body_of(number):
    return "".join(SYMBOLS[number >> 5 * place & 31] for place in range(7, -1, -1))


def next_plain(prefix, number):
    """Return the first body from a number on whose check symbol is no punctuation."""
    while by_hand(prefix, body_of(number)) in "*~$=":
        number = (number + 1) % 2**40
    return body_of(number)


@given(st.integers(0, 2**40 - 1), PREFIXES)
def test_the_number_is_kept_unless_its_check_symbol_would_be_punctuation(number, prefix):
    made = new_reference(prefix, number.to_bytes(5, "big"))
    assert made[2:6] + made[7:11] == next_plain(prefix, number)


def test_the_last_numbers_wrap_round_instead_of_overflowing():
    wrapped = 0
    for prefix in Prefix:
        for number in range(2**40 - 40, 2**40):
            made = new_reference(prefix, number.to_bytes(5, "big"))
            assert made[2:6] + made[7:11] == next_plain(prefix, number)
            assert parse_reference(made) == made
            wrapped += made[2:6] == "0000"
    assert wrapped, "no number wrapped: the case is not there"


def test_only_the_first_five_bytes_count():
    assert new_reference("W", b"12345") == new_reference("W", b"12345678")


@pytest.mark.parametrize(
    ("prefix", "data"), [("W", b"1234"), ("W", b""), ("Z", b"12345"), ("", b"12345"), ("w", b"12345")]
)
def test_too_few_bytes_and_unknown_prefixes_are_programming_errors(prefix, data):
    with pytest.raises(ValueError, match=r".+"):
        new_reference(prefix, data)


@given(REFERENCES)
def test_what_is_made_is_read_back_unchanged(reference):
    assert parse_reference(reference) == reference
    assert parse_reference(reference, prefix=reference[0]) == reference


@given(REFERENCES, st.data())
def test_peoples_slips_are_mended(reference, data):
    written = ""
    for place, symbol in enumerate(reference):
        if symbol == "-":
            written += data.draw(st.sampled_from(["-", "", " ", " - ", "\u2013", "\u2014", ".", "_", "\u2212"]))
        else:
            choices = "O0o" if (place, symbol) == (0, "O") else ALIKE.get(symbol, symbol + symbol.lower())
            written += data.draw(st.sampled_from(choices))
    assert parse_reference(f" {written}\n") == reference


@given(REFERENCES, st.data())
def test_any_one_wrong_symbol_is_noticed(reference, data):
    place = data.draw(st.sampled_from([i for i, symbol in enumerate(reference) if symbol != "-"]))
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*~$="))
    assume(
        wrong not in ALIKE.get(reference[place], reference[place]) and (place, reference[place], wrong) != (0, "O", "0")
    )
    with pytest.raises(InvalidError) as refusal:
        parse_reference(reference[:place] + wrong + reference[place + 1 :])
    assert refusal.value.code in CODES


@given(REFERENCES, st.integers(0, 8))
def test_any_swap_of_neighbours_is_noticed(reference, place):
    plain = reference.replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assume(swapped != plain and not swapped.startswith("0O"))  # a zero before an O reads as O and zero: mended
    with pytest.raises(InvalidError):
        parse_reference(swapped)


def test_every_single_error_and_swap_of_some_references_is_noticed():
    missed = []
    for prefix in Prefix:
        for number in range(0, 2**40, 2**40 // 23):
            plain = new_reference(prefix, number.to_bytes(5, "big")).replace("-", "")
            wrong = {plain[:i] + s + plain[i + 1 :] for i in range(1, 10) for s in SYMBOLS + "U"}
            wrong |= {plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :] for i in range(9)}
            wrong |= {p + plain[1:] for p in Prefix}
            for text in wrong - {plain}:
                try:
                    read = parse_reference(text).replace("-", "")
                    missed += [(plain, text)] if read != plain else []
                except InvalidError:
                    continue
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "W",
        "-",
        "W-7K3M-9QXA",
        "7K3M-9QXA-4",
        "W-7K3M-9QXA-44",
        "W-7K3M-9QX!-4",
        "W-7K3M-9QXU-4",
        "W 7K3M 9QXA *",
        "ẞ" * 10,
    ],
)
def test_what_is_no_reference_is_malformed(text):
    with pytest.raises(InvalidError) as refusal:
        parse_reference(text)
    assert (refusal.value.code, refusal.value.field) == ("reference.malformed", "reference")


def test_an_unknown_or_unexpected_prefix_is_named():
    worker = new_reference("W", b"12345")
    for text, expected in ((f"Z{worker[1:]}", None), (worker, "V")):
        with pytest.raises(InvalidError) as refusal:
            parse_reference(text, prefix=expected)
        assert refusal.value.code == "reference.prefix"


def test_a_wrong_check_symbol_is_its_own_error():
    worker = new_reference("W", b"12345")
    other = next(symbol for symbol in SYMBOLS if symbol != worker[-1])
    with pytest.raises(InvalidError) as refusal:
        parse_reference(worker[:-1] + other)
    assert refusal.value.code == "reference.check"


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    code = None
    try:
        assert FORM.fullmatch(parse_reference(text))
    except InvalidError as refusal:
        code = refusal.code
    assert code in {None, *CODES}
