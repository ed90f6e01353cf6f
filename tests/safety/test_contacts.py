"""A number or an address that nobody confirmed is found in a model's text; the figures of coaching are not."""

import pytest

from coaching.safety.contacts import foreign_contacts
from coaching.safety.crisis.registry import shipped_registry

CONTACTS = [
    "Call 988 now.",
    "call 988",
    "You can call or text 988 any time.",
    "Text HOME to 741741.",
    'Text "HELLO" to 50808 to begin.',
    "Dial 1-800-273-8255.",
    "Their line is 1-800-273-TALK.",
    "Call 1 800 662 HELP today.",
    "The hotline (800) 799-7233 is open.",
    "Reach them at 800.799.7233.",
    "Phone: +1 415 555 0132",
    "Ring +44 20 7946 0958.",
    "WhatsApp +55 61 99610-0180",
    "0800 111 0 111",
    "0800-1110111 is free.",
    "Samaritans: 116 123",
    "Lifeline on 13 11 14",
    "Call 9 8 8.",
    "Call 9.8.8 please",
    "Please call nine eight eight.",
    "Call 9-8-8 if it gets worse.",
    "Please dial ９８８.",
    "Call ٩٨٨ now",
    "Call 9\u200b8\u200b8 now",
    "Call **988** now",
    "Call 9️⃣8️⃣8️⃣",
    "988 is the suicide hotline.",
    "Crisis line: 988",
    "Ruf die 116 123 an.",
    "Wähl die 110.",
    "Die Nummer ist 116 016.",
    "Tel. 0221 892031",
    "Tel. 142",
    "Appelez le 3114.",
    "Composez le 15 45 45.",
    "Llama al 024.",
    "Marca el 112 si hay peligro.",
    "Chiama il 1522.",
    "Il numero è 02 2327 2327.",
    "Ligue 188 a qualquer hora.",
    "Bel 113.",
    "Zadzwoń pod 800 70 2222.",
    "Ring 90101.",
    "Soita numeroon 09 2525 0111.",
    "Lütfen 112'yi arayın: hattı 183",
    "Zavolejte 116 123.",
    "My number is 5551234567.",
    "tel:+18005551234",
    "Hotlines:\n- 988",
    "https://example.com/help",
    "See http://198.51.100.7/x",
    "Go to www.example.org.",
    "Visit example.com for more.",
    "Visit Example.COM",
    "It stands at help.example.co.uk/start",
    "example dot com",
    "example [dot] org",
    "example(.)net",
    "example . com",
    "hxxps://example.com",
    "Write to coach@example.com",
    "coach (at) example (dot) com",
    "bit.ly/3abc",
    "wa.me/4915112345678",
    "look.at/this",
    "beispiel punkt de",
    "988lifeline.org",
    "- Helpline: 988\n-example.com",
]
EVERYDAY = [
    "Run 5 km, then 1200 m easy.",
    "Rest for 90 minutes between sessions.",
    "Do 3 sets of 12 reps at 80 %.",
    "21-15-9 thrusters and pull-ups",
    "12-10-8-6-4-2 is a ladder.",
    "Eat about 2,000 kcal a day.",
    "On 24.12.2026 we rest.",
    "2026-11-23 is a Monday.",
    "11/23/2026 is a Monday.",
    "From 2019-2021 I coached swimmers.",
    "In 2026 you will call it a habit.",
    "Call me by 2027 and tell me.",
    "Call 2 friends for 10 minutes.",
    "Call 100 prospects this week.",
    "Call 5-10 people today.",
    "Call me at 7:30.",
    "Call me at 7.30 or at 18:00.",
    "Call your coach after 120 minutes.",
    "Text a friend after 3 days.",
    "This text has 500 words.",
    "Call it a day after 500 m.",
    "A number of 300 people tried it.",
    "Step 1. Step 2. Step 3.",
    "Breathe in one two three, out four five six.",
    "Your heart rate is 142 bpm.",
    "It costs $1,299 or 1.299,00 €.",
    "1 000 000 steps a year",
    "1,000,000,000 people",
    "The score was 116 to 123.",
    "Use e.g. a timer, i.e. your phone.",
    "Warm up at 6 a.m. in the U.S.",
    "Well done.Live well.",
    "Look.At that.",
    "do it.in the morning",
    "The dot com years were wild.",
    "Vous êtes sur le point de partir.",
    "El punto es que descanses.",
    "Il punto di partenza",
    "Der Punkt ist wichtig.",
    "3.5 km and 0.75 kg",
    "0.5 1.0 1.5 2.0",
    "Weeks 01-04: base; weeks 05-08: build.",
    "Lies Kapitel 3.2.1 noch einmal.",
    "Ruf eine Freundin an und geh 30 Minuten spazieren.",
    "Appelle un ami pendant 15 minutes.",
    "Llama a 3 amigos.",
    "node.js and plan.pdf",
    "Heute 10.000 Schritte.",
    "",
]


@pytest.mark.parametrize("text", CONTACTS)
def test_a_contact_that_nobody_confirmed_is_found(text: str) -> None:
    assert foreign_contacts(text, [])


@pytest.mark.parametrize("text", EVERYDAY)
def test_the_figures_of_coaching_are_no_contacts(text: str) -> None:
    assert foreign_contacts(text, []) == ()


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Call or text 988.", "988"),
        ("Call 9-8-8.", "988"),
        ("Ruf 0800 1110111 an.", "0800 111 0 111"),
        ("Ruf +49 800 111 0 111 an.", "0800 111 0 111"),
        ("Call 1-800-799-7233.", "800-799-7233"),
        ("Call 1-800-662-HELP.", "1-800-662-4357"),
        ("Text START to 88788.", "88788"),
        ("See https://www.example.com/help.", "Our page is example.com/help, see you there."),
        ("See example.com.", "https://example.com/help"),
        ("See Example.Com/Help/", "https://example.com/help"),
        ("Write to Coach@Example.com.", "Mail coach@example.com for a seat."),
        ("Call 555-123-4567.", "You can call the studio: (555) 123-4567."),
        ("Call 13 11 14.", "Lifeline answers on 13 11 14 in Australia."),
    ],
)
def test_what_stands_in_the_registry_or_the_material_may_be_said(text: str, allowed: str) -> None:
    assert foreign_contacts(text, [allowed]) == ()


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Call 989.", "988"),
        ("Call 9881.", "988"),
        ("Call 0900 111 0 111.", "0800 111 0 111"),
        ("Call 0190 0800 111 0 111.", "0800 111 0 111"),
        ("Call 988.", "The hall is 988 m long."),
        ("Call 116 123.", "116 016"),
        ("See example.com/buy.", "https://example.com/help"),
        ("See evil-example.com.", "https://example.com"),
        ("See example.com.evil.org.", "https://example.com"),
        ("See help.example.com.", "https://example.com"),
        ("Write to other@example.com.", "coach@example.com"),
    ],
)
def test_what_only_resembles_a_known_contact_is_foreign(text: str, allowed: str) -> None:
    assert foreign_contacts(text, [allowed])


def test_what_is_found_is_given_as_it_is_written_and_once() -> None:
    text = "Call 988, or see example.com. Again: call 988."
    assert foreign_contacts(text, ["example.org"]) == ("988", "example.com")


def test_every_contact_of_the_registry_is_known_to_the_registry() -> None:
    registry = shipped_registry()
    for country, resource in registry.entries():
        for contact in resource.contacts:
            said = f"Please call {contact} now."
            assert foreign_contacts(said, registry.contacts(country)) == (), said
            assert foreign_contacts(said, []), said


def test_a_number_of_another_country_is_foreign() -> None:
    registry = shipped_registry()
    assert foreign_contacts("Call 988.", registry.contacts("DE")) == ("988",)


def test_a_long_text_is_read_in_full() -> None:
    text = "Run 5 km and rest for 90 minutes. " * 600 + "Then call 988."
    assert foreign_contacts(text, []) == ("988",)


@pytest.mark.parametrize("piece", ["a-", "1-", "a.", "1 ", "0 ", "a@", "555-", "one ", "call 1 ", "http://a", "800 A"])
def test_no_repetition_keeps_it_from_ending(piece: str) -> None:
    assert isinstance(foreign_contacts(piece * 10_000, []), tuple)
