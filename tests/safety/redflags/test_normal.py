"""A message is read as a person reads it, however it is spelled."""

import pytest

from coaching.safety.redflags.normal import plain

SAME = "i want to kill myself"


@pytest.mark.parametrize(
    "written",
    [
        "I want to kill myself",
        "I WANT TO KILL MYSELF",
        "I w4nt to k1ll mys3lf",
        "I want to ki11 my$elf",
        "I want to k!ll myself",
        "I want to k i l l  m y s e l f",
        "I want to k.i.l.l m-y-s-e-l-f",
        "I want to k*ll myself",
        "i want to k\u200bill my\u200dself",
        "i want to k\u00adill my\u2060self",
        "I wаnt tо kіll mуsеlf",
        "Ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ",
        "𝓘 𝔀𝓪𝓷𝓽 𝓽𝓸 𝓴𝓲𝓵𝓵 𝓶𝔂𝓼𝓮𝓵𝓯",
        "i want to kiiiilllll myselfffff",
        "i want to kíll mysèlf",
        "i wanna kms",
    ],
)
def test_a_disguise_is_seen_through(written: str) -> None:
    assert plain(written).text == SAME


@pytest.mark.parametrize("written", ["gr8 run, 5k in 25:30!", "I ate 3 eggs @ 8", "C3PO and R2D2", "good luck w/ 10k"])
def test_what_is_no_danger_stays_as_it_is(written: str) -> None:
    assert plain(written).text == written.lower()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I can't go on, I don't want to", "i can not go on, i do not want to"),
        ("im done, ive had it and cant sleep", "i am done, i have had it and can not sleep"),
        ("🔪 and 💊", "knife and pills"),
        ("su*c*de", "suicide"),
        ("sewerslide", "suicide"),
    ],
)
def test_short_forms_and_signs_are_written_out(written: str, read: str) -> None:
    assert plain(written).text == read


def test_a_disguise_is_told_from_plain_writing() -> None:
    assert plain("k1ll").disguised
    assert plain("ki\u200bll").disguised
    assert not plain("I can't wait, café at 8!").disguised
    assert not plain("Так хочется спать").disguised


def test_another_script_stays_readable() -> None:
    assert plain("Хочу умереть").text == "хочу умереть"


def test_every_word_is_in_a_window_and_no_window_is_long() -> None:
    text = " ".join(f"word{at}" + ("." if at % 7 == 0 else "") for at in range(2_000))
    windows = plain(text).windows()
    assert " ".join(windows).split() == text.split()
    assert max(len(window.split()) for window in windows) <= 60


def test_an_empty_message_has_no_windows() -> None:
    assert plain("").windows() == []
    assert plain("...").sentences == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("kil myslef", "kill myself"), ("overdsoe", "overdose")],
)
def test_a_slip_within_a_word_of_danger_is_read_as_meant(written: str, meant: str) -> None:
    assert plain(written).text == meant


@pytest.mark.parametrize("word", ["driving", "living", "bating", "noose", "nose", "along", "down"])
def test_a_word_of_its_own_is_no_slip(word: str) -> None:
    assert plain(word).text == word
