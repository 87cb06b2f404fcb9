"""Whether a request is Twilio's: the cases that other lines got wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256

from config.settings import Settings
from tests.unit.webhooks.posting import signature
from webhooks.signature import SignatureCheck

# Published by Twilio: usage/webhooks/webhooks-security.
VECTOR_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
VECTOR_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
TOKEN, OLD = "t" * 32, "o" * 32
KEY, OLD_KEY = "k" * 40, "q" * 40
HOME = "https://line.example.gov"
PATH = "/webhooks/twilio/voice"
FORM = {"CallSid": "CA1", "Digits": "12", "SpeechResult": ""}


def check(settings: Settings, address: str = HOME, **secrets: str | None) -> SignatureCheck:
    """Make a check that knows these secrets and no others."""
    known: dict[str, str | None] = {
        "twilio_auth_token": TOKEN,
        "twilio_auth_token_old": None,
        "twilio_shared_key": None,
        "twilio_shared_key_old": None,
    }
    return SignatureCheck(settings.model_copy(update=known | secrets), address)


def pairs(form: dict[str, str] = FORM) -> list[tuple[str, str]]:
    return list(form.items())


def test_the_published_vector_holds(settings: Settings) -> None:
    known = check(settings, "https://mycompany.com", twilio_auth_token="12345")
    assert known.holds("/myapp.php", "foo=1&bar=2", pairs(VECTOR_FORM), VECTOR_SIGNATURE)


def test_the_published_vector_fails_once_anything_is_changed(settings: Settings) -> None:
    known = check(settings, "https://mycompany.com", twilio_auth_token="12345")
    form = pairs(VECTOR_FORM)
    assert not known.holds("/myapp.php", "bar=2&foo=1", form, VECTOR_SIGNATURE)
    assert not known.holds("/myapp.php", "foo=1", form, VECTOR_SIGNATURE)
    assert not known.holds("/MyApp.php", "foo=1&bar=2", form, VECTOR_SIGNATURE)
    assert not known.holds("/myapp.php", "foo=1&bar=2", form[1:], VECTOR_SIGNATURE)
    assert not known.holds("/myapp.php", "foo=1&bar=2", [*form, ("X", "")], VECTOR_SIGNATURE)


@pytest.mark.parametrize("given", [None, "", "  ", "ñ", "\ud800", "a" * 10_000])
def test_a_signature_that_is_none_is_no_signature(settings: Settings, given: str | None) -> None:
    assert not check(settings).holds(PATH, "", pairs(), given)


def test_both_tokens_hold_during_a_change_and_a_third_does_not(settings: Settings) -> None:
    known = check(settings, twilio_auth_token_old=OLD)
    for token, good in ((TOKEN, True), (OLD, True), ("x" * 32, False)):
        assert known.holds(PATH, "", pairs(), signature(token, HOME + PATH, FORM)) is good


def test_the_old_token_fails_once_the_change_is_over(settings: Settings) -> None:
    assert not check(settings).holds(PATH, "", pairs(), signature(OLD, HOME + PATH, FORM))


def test_both_shared_keys_hold_with_sha_256(settings: Settings) -> None:
    known = check(settings, twilio_shared_key=KEY, twilio_shared_key_old=OLD_KEY)
    for key in (KEY, OLD_KEY):
        given = signature(key, HOME + PATH, FORM, HMAC_SHA256)
        assert known.holds(PATH, "", pairs(), given)


def test_no_secret_can_be_used_with_the_other_ones_algorithm(settings: Settings) -> None:
    known = check(settings, twilio_shared_key=KEY)
    weaker = signature(KEY, HOME + PATH, FORM, HMAC_SHA1)
    crossed = signature(TOKEN, HOME + PATH, FORM, HMAC_SHA256)
    assert not known.holds(PATH, "", pairs(), weaker)
    assert not known.holds(PATH, "", pairs(), crossed)


def test_a_shared_key_that_is_not_ours_fails(settings: Settings) -> None:
    given = signature(KEY, HOME + PATH, FORM, HMAC_SHA256)
    assert not check(settings).holds(PATH, "", pairs(), given)


def test_http_is_not_https(settings: Settings) -> None:
    given = signature(TOKEN, "http://line.example.gov" + PATH, FORM)
    assert not check(settings).holds(PATH, "", pairs(), given)


@pytest.mark.parametrize(
    ("ours", "signed"),
    [
        ("https://line.example.gov", "https://line.example.gov:443"),
        ("https://line.example.gov:443", "https://line.example.gov"),
        ("http://line.example.gov", "http://line.example.gov:80"),
        ("https://line.example.gov:8443", "https://line.example.gov:8443"),
        ("https://line.example.gov:8443", "https://line.example.gov"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://[::1]", "https://[::1]:443"),
    ],
)
def test_the_port_may_be_signed_or_left_out(settings: Settings, ours: str, signed: str) -> None:
    given = signature(TOKEN, signed + PATH, FORM)
    assert check(settings, ours).holds(PATH, "", pairs(), given)


def test_another_port_is_another_address(settings: Settings) -> None:
    given = signature(TOKEN, "https://line.example.gov:8443" + PATH, FORM)
    assert not check(settings).holds(PATH, "", pairs(), given)


def test_the_fragment_is_no_part_of_what_is_signed(settings: Settings) -> None:
    with_fragment = signature(TOKEN, HOME + PATH + "#rc=1", FORM)
    assert not check(settings).holds(PATH, "", pairs(), with_fragment)


def test_blank_values_count(settings: Settings) -> None:
    given = signature(TOKEN, HOME + PATH, FORM)
    without = [(name, value) for name, value in pairs() if value]
    assert check(settings).holds(PATH, "", pairs(), given)
    # A blank adds its name to what is signed, so that leaving it out is noticed.
    assert not check(settings).holds(PATH, "", without, given)


def test_repeated_fields_keep_all_their_values(settings: Settings) -> None:
    twice = [("A", "2"), ("B", "x"), ("A", "1")]
    joined = {"A1A": "2", "B": "x"}  # what is signed is names and values in a row, sorted
    given = signature(TOKEN, HOME + PATH, joined)
    assert check(settings).holds(PATH, "", twice, given)
    assert not check(settings).holds(PATH, "", twice[:2], given)


def test_a_body_digest_in_the_query_does_not_switch_the_fields_off(settings: Settings) -> None:
    query = "bodySHA256=" + "0" * 64
    empty = signature(TOKEN, f"{HOME}{PATH}?{query}", {})
    assert not check(settings).holds(PATH, query, pairs(), empty)


texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.dictionaries(texts.filter(bool), texts, max_size=8), texts)
def test_what_the_package_signs_holds_and_a_changed_value_does_not(
    settings: Settings, form: dict[str, str], added: str
) -> None:
    known = check(settings)
    given = signature(TOKEN, HOME + PATH, form)
    assert known.holds(PATH, "", list(form.items()), given)
    changed = {**form, "Digits": form.get("Digits", "") + added + "!"}
    assert not known.holds(PATH, "", list(changed.items()), given)


def test_half_a_surrogate_pair_is_refused_and_raises_nothing(settings: Settings) -> None:
    given = signature(TOKEN, HOME + PATH, FORM)
    assert not check(settings).holds(PATH, "a=\ud800", pairs(), given)
    assert not check(settings).holds(PATH, "", [("Digits", "\udfff")], given)


@given(st.text(max_size=60), st.text(max_size=40))
def test_no_text_in_the_header_or_the_query_raises(
    settings: Settings, given: str, query: str
) -> None:
    assert not check(settings).holds(PATH, query, pairs(), given)
