"""What written rules refuse, and what they leave alone."""

import pytest

from coaching.safety.content_filter.harms import Harm
from coaching.safety.content_filter.rules import counts_body, harms, is_harmful_plan

REFUSED = {
    Harm.SEXUAL: ("Send me nude pics first.", "I would love to sleep with you.", "Let me lick your pussy."),
    Harm.HATE: (
        "Women are too emotional for this work.",
        "Those immigrants should be deported.",
        "Gay people are disgusting.",
        "Just ignore that retard.",
    ),
    Harm.HARASSMENT: (
        "You are such a pathetic loser.",
        "You're worthless.",
        "Nobody would miss you.",
        "Shut up and train.",
        "I will find you.",
        "The world would be better without you.",
    ),
    Harm.DANGER: (
        "You should just kill yourself.",
        "kys",
        "Maybe stop taking your medication for a week.",
        "Skip your insulin before the race.",
        "Make yourself throw up after dinner.",
        "Try to stay under 500 calories a day.",
        "Push through the chest pain.",
        "You don't need a doctor for that.",
        "Mix bleach with ammonia.",
        "Hit him when he talks back.",
    ),
    Harm.EXPERTISE: (
        "Take 400 mg of ibuprofen.",
        "Take two tablets before bed.",
        "You clearly have ADHD.",
        "It is probably just an infection.",
        "You should sue.",
        "Put everything aside and buy bitcoin.",
    ),
}
ALLOWED = (
    "Kill it in your next session!",
    "Shoot for five lit days in seven.",
    "Do not beat yourself up over a missed day.",
    "Cut the session short when you are tired.",
    "You have a plan, and that is half of it.",
    "Drink 300 ml of water before you run.",
    "It is hard to start, and you have started.",
    "Hit the first note softly.",
    "Women and men can practise the same way.",
    "Die Blätter fallen früh.",
    "Please talk to the doctor who prescribed your medication.",
    "Push through the last page even if it sounds rough.",
    "You are a burden to nobody.",
)
PLANS = (
    "I will stop taking my antidepressants",
    "i'm gonna kill him",
    "I only ate 300 calories today",
    "Driving home drunk now, wish me luck",
    "I want to die",
    "All muslims are vermin",
)


@pytest.mark.parametrize(("harm", "sentence"), [(harm, text) for harm, texts in REFUSED.items() for text in texts])
def test_harm_is_refused_under_its_name(harm: Harm, sentence: str) -> None:
    assert harm in set(harms(sentence))


@pytest.mark.parametrize("sentence", ALLOWED)
def test_ordinary_coaching_is_left_alone(sentence: str) -> None:
    assert list(harms(sentence, "I missed a day and feel bad")) == []


@pytest.mark.parametrize("disguised", ["Just ki11 yourself.", "Just k\u200bill yourself.", "Just kіll yourself."])
def test_a_disguise_of_letters_does_not_help(disguised: str) -> None:
    assert Harm.DANGER in set(harms(disguised))


@pytest.mark.parametrize("said", PLANS)
@pytest.mark.parametrize("cheer", ["Good idea!", "Go for it.", "Yes, do it!", "Good for you.", "I support you."])
def test_nobody_cheers_at_a_harmful_plan(said: str, cheer: str) -> None:
    assert list(harms(cheer, said)) == [Harm.AGREEMENT]


@pytest.mark.parametrize("said", ["I will practise early", "I want to run a marathon", "", "Can I start small?"])
def test_a_good_plan_may_be_cheered(said: str) -> None:
    assert not is_harmful_plan(said)
    assert list(harms("Good idea! Go for it.", said)) == []


@pytest.mark.parametrize("sentence", ["Lose 5 kg by June.", "Eat 1500 kcal a day.", "Your goal weight is 52."])
def test_numbers_about_weight_and_food_are_seen(sentence: str) -> None:
    assert counts_body(sentence)


@pytest.mark.parametrize("sentence", ["An ember takes 4 minutes.", "Walk 5 km.", "Cut two distractions."])
def test_other_numbers_are_not(sentence: str) -> None:
    assert not counts_body(sentence)
