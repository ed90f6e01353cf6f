"""Where somebody is comes from their locale or their answer, and is never guessed."""

import pytest

from coaching.safety.crisis.countries import country_of, named_country
from coaching.safety.crisis.registry import shipped_registry


@pytest.mark.parametrize(
    ("locale", "country"),
    [
        ("de-AT", "AT"),
        ("pt_BR", "BR"),
        ("en-GB", "GB"),
        ("en-UK", "GB"),
        ("zh-Hant-TW", "TW"),
        ("en_US.UTF-8", "US"),
        ("de", ""),
        ("en", ""),
        ("", ""),
        ("es-419", ""),
    ],
)
def test_a_region_is_a_country_and_a_language_is_none(locale: str, country: str) -> None:
    assert country_of(locale) == country


@pytest.mark.parametrize(
    ("answer", "country"),
    [
        ("Canada", "CA"),
        ("I'm in Canada", "CA"),
        ("in the united states.", "US"),
        ("the U.S.", "US"),
        ("USA!", "US"),
        ("UK", "GB"),
        ("Northern Ireland", "GB"),
        ("Ireland", "IE"),
        ("Österreich", "AT"),
        ("Ich bin in der Schweiz", "CH"),
        ("Estoy en España", "ES"),
        ("Je suis en Belgique", "BE"),
        ("日本", "JP"),
        ("DE", "DE"),
        ("in the U.K.", "GB"),
        ("LEAVE ME IN PEACE", ""),
        ("us", ""),
        ("it is in me", ""),
        ("Indiana", ""),
        ("Kenya", ""),
        ("Germany or Austria", ""),
        ("", ""),
        ("My grandmother was born in Canada and everything went wrong there, so I do not know what to do", ""),
    ],
)
def test_a_short_answer_that_names_one_country_is_understood(answer: str, country: str) -> None:
    assert named_country(answer, shipped_registry()) == country
