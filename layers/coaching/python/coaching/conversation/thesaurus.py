"""Everyday words that mean nearly the same to someone who asks a coach. One line is one meaning.

A question seldom uses the creator's words: "I skipped a day" is answered by what is said of missed days. The lines are
general English about habits, learning, health, work, money and people; nothing in them belongs to one creator.
"""

import re
from functools import cache

from coaching.safety.words import stem, stems_of

_MEANINGS = """
skip miss missed omit forgo
quit stop end cease abandon drop surrender
begin start commence launch kick
continue persist maintain carry keep going
return resume restart again reenter revisit
pause break holiday holidays vacation rest leave interval gap absence
finish complete end done accomplish
fail failure slip lapse relapse setback
mistake error wrong slip fault blunder
ruin spoil wreck break damage destroy
repeat again redo rerun
repay owe debt compensate double
ill sick sickness illness flu fever unwell cold virus infection
injury injured hurt pain ache sore wound
doctor physician therapist medical treatment treat
tired exhausted drained weary fatigue sleepy empty energy spent worn knackered shattered
sleep bed nap asleep insomnia sleepy
guilt guilty remorse conscience blame regret
ashamed shame embarrassed embarrassing shy
sad low down unhappy depressed blue miserable grief
angry anger furious cross annoyed irritated mad
frustrated frustration frustrating fed annoyed stuck
afraid fear scared anxious anxiety nervous nerves fright worry worried panic
stress stressed overwhelmed pressure burnout tension strain
bored boring boredom dull tedious monotonous stale dreary
lazy laziness discipline willpower motivation motivated unmotivated procrastinate procrastination drive
mood want wanting feel inclination desire
proud pride celebrate reward treat
punish punishment penalty scold
doubt unsure uncertain confused
confident confidence courage brave
lonely alone isolated nobody loneliness
calm relax relaxed peaceful settle breathe
happy joy fun enjoy delight pleasure glad
hate dislike loathe detest
hard difficult difficulty tough challenging challenge struggle
easy easier simple effortless easily
perfect perfectionist perfectionism flawless ideal
small little tiny smaller smallest minimum minimal shrink least
big large great huge bigger biggest maximum
short quick brief fast shorter
long length lengthy duration longer
slow slowly slower gradual gradually
fast quickly speed rush hurry faster tempo
early morning dawn sunrise wake waking
late evening night tonight bedtime
week weekly
month monthly
year yearly annual
often frequency frequent regularly regular
first initial beginning
last final
next following tomorrow upcoming
before ahead advance prior beforehand earlier
after afterwards later
minute minutes second hour
deadline due date
busy crowded hectic full swamped packed rushed
time hour schedule slot timetable
shift shifts rota rotating roster
home house flat apartment household
place spot corner location space room area
desk table workspace station
outside outdoors park garden
travel trip journey flight fly flying hotel abroad conference suitcase luggage
car drive train bus commute
visitor visitors guest guests company
phone smartphone mobile screen telephone
reminder alarm notification alert app
message text email mail post postcard send letter
write note journal log diary card jot
read book page reading
recording record tape film video sample
count measure track score mark tally
child children kid kids son daughter toddler baby
husband wife partner spouse boyfriend girlfriend
family relatives parents mother father
friend buddy pal mate
neighbour neighbours neighbor neighbors
boss manager employer
colleague coworker team
teacher tutor instructor trainer lesson class
student pupil learner
beginner novice newcomer starter starting
expert advanced experienced professional
group circle club community meetup team
people person member members
audience listeners crowd public stage perform performance play concert show
mock laugh tease joke ridicule fun
compare comparing comparison jealous envy
critic criticism criticise judge judging
accountability accountable witness check report
support help assist encourage encouragement
ask request question
answer reply respond response
tell say speak talk
listen hear
interrupt disturb bother disturbance
noise loud quiet silence silent
bargain deal promise agreement agree negotiate
goal aim target objective ambition ambitious
milestone stage checkpoint
plan planning prepare preparation
prepare ready preparation setup lay
progress improve improving improvement better advance growth develop
plateau stuck stagnate stagnant stall standstill nowhere
result outcome effect success
level standard quality
good enough clean
bad badly poor worse terrible awful ugly rubbish
learn study learning
training train practise practice exercise rehearse drill
skill ability talent gift
habit automatic automatically ingrained
routine ritual stack chain link sequence
cue trigger anchor prompt tie attach
session workout sitting block
piece part chunk section passage task bit
method way technique approach system
rule principle guideline
review reflect reflection retrospective
change adjust alter modify fix
choose pick decide decision select choice
try attempt test experiment trial
move proceed advance on
increase raise more add extend grow
decrease reduce lower less cut shrink half
vary variety variation different
focus concentrate attention concentration distraction distracted distract
remember recall memory memorise
forget forgot forgetting
tool equipment gear instrument kit
buy purchase buying shop
money cost price budget expensive cheap afford
save saving savings
job work career office profession workday
day off rest recovery recover
eat food meal diet breakfast lunch dinner supper
drink water coffee tea
run running jog jogging
strength weights lifting gym muscle
stretch flexibility mobility yoga
weight fat slim kilos pounds
body physical
mind mental head thoughts
meditate meditation mindfulness breathing
draw drawing sketch paint painting
sing singing voice
language vocabulary
music song tune
speech presentation
soon immediately straight promptly
permanent forever
distance far away miles remote
near close within reach nearby
same identical equal
several multiple many various
both two second another pair
one single sole
reason why cause because
meaning purpose point sense
need require must necessary required obliged
allowed permitted may okay ok fine
version form variant kind
tidy untidy messy clutter clean
search looking find seek
lose lost losing
baby birth newborn pregnant pregnancy
death die died bereavement funeral loss
separation divorce breakup
"""
_EXPRESSIONS = {
    "quit": "give up, gave up, giving up, given up, throw in the towel, call it a day",
    "return": "come back, came back, coming back, comes back, be back, get back, got back, getting back, way back",
    "resume": "pick up again, start again, start over, build up again",
    "review": "look back, looking back, take stock",
    "repay": "make up for, making up for, made up for, catch up, catching up",
    "mock": "make fun, makes fun, making fun, made fun, laugh at, laughs at",
    "undisturbed": "leave me alone, left alone, in peace",
    "postpone": "put off, putting off",
    "nervous": "stage fright",
    "unwilling": "feel like it, felt like it, feel like practising, in the mood",
    "exhausted": "burned out, burnt out, worn out",
    "improve": "get better, gets better, getting better, got better",
    "proceed": "move on, moving on, go on, going on",
    "relapse": "fall off the wagon, falling off",
    "beginner": "new to this, just starting",
    "several": "at once, at the same time, all at once",
    "miss": "won't reach, won't make, won't finish, won't manage, didn't reach, didn't make, didn't finish,"
    " didn't manage, did not manage, did not reach, can't reach, not going to make",
    "promptly": "in time, on time",
    "compare": "better than me, better than i am, faster than me, ahead of me, so far ahead, everyone else",
}


@cache
def _spoken() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {said: word for word, said_in in _EXPRESSIONS.items() for said in said_in.split(", ")}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE), words


def in_one_word(text: str) -> str:
    """Return `text` with expressions of several words as the one word that they mean ("give up" as "quit")."""
    pattern, words = _spoken()
    return pattern.sub(lambda found: words[found[0].lower()], text.replace("’", "'"))


_WEAK = stems_of("day like play part good well right take second point fine cold on off may fun full company")
"""Words of so many meanings that they join no others."""


@cache
def _meanings() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_MEANINGS.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items() if word not in _WEAK}


@cache
def kin(word: str) -> frozenset[str]:
    """Return the stems that share a meaning with `word`, itself left out."""
    meanings = _meanings()
    mine = meanings.get(word, frozenset())
    return frozenset(other for other, theirs in meanings.items() if other != word and not mine.isdisjoint(theirs))
