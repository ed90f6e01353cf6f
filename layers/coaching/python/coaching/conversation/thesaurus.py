"""Everyday words that mean nearly the same to someone who asks a coach. One line is one meaning.

A question seldom uses the creator's words: "I skipped a day" is answered by what is said of missed days. The lines are
general English about habits, learning, health, work, money and people; nothing in them belongs to one creator.
"""

from functools import cache

from coaching.safety.words import stem, stems_of

_MEANINGS = """
skip miss missed omit
stop quit end cease abandon drop
begin start restart resume kick
continue persist stay maintain carry keep
return revisit resume again back restart
pause break holiday vacation rest leave interval gap absence
finish complete end done
fail failure slip lapse relapse mistake error wrong
ruin spoil wreck break damage destroy
repeat again redo rerun
repay double catch compensate owe debt
ill sick sickness illness flu fever unwell cold injury injured
tired exhausted drained weary fatigue sleepy empty energy spent worn knackered
sleep bed night rest nap asleep insomnia
guilt guilty ashamed shame embarrassed blame remorse
sad low down unhappy depressed blue miserable grief
angry anger furious cross annoyed irritated frustrated frustration rage
afraid fear scared anxious anxiety nervous worry worried panic
stress stressed overwhelmed pressure burnout tension strain
bored boring boredom dull tedious monotonous stale
lazy laziness discipline willpower motivation unmotivated procrastinate drive
proud pride celebrate reward treat praise
doubt unsure uncertain confused lost
confident confidence courage brave self-esteem trust
lonely alone isolated nobody
calm relax relaxed peaceful settle breathe
happy joy fun enjoy delight pleasure glad
love like enjoy fond
hate dislike loathe
hard difficult tough challenging struggle
easy simple effortless easily
small little tiny smaller smallest minimum short shrink least
big large great huge bigger biggest maximum
long longest length lengthy duration last take
short quick brief fast shorter
slow slowly slower gradual
fast quickly speed rush hurry faster
early morning dawn sunrise wake waking
late evening night tonight bedtime
day daily everyday
week weekly weekday
month monthly
year yearly annual
today now tonight
often frequency frequent regularly times
always never every constantly
first initial earliest begin
last final end latest
next following tomorrow upcoming
before ahead advance prior beforehand
after afterwards later following
minute minutes second hour time
deadline due date time
busy crowded hectic full swamped packed rushed
time hour schedule slot timetable
shift rota rotating roster
home house flat apartment household room studio
place spot corner location space room
desk table workspace
outside outdoors park garden
travel trip journey flight fly flying hotel abroad away conference
car drive train bus commute
phone smartphone mobile screen device telephone
reminder alarm notification alert app
message text email mail post send letter
write note journal record log diary card
read book page reading
record recording tape film video
count measure track number score mark
child children kid kids son daughter toddler baby
husband wife partner spouse boyfriend girlfriend
family relatives parents mother father household home
friend buddy pal mate
neighbour neighbor neighbours
boss manager employer
colleague coworker team
teacher tutor instructor coach trainer lesson class
student pupil learner
beginner novice newcomer starter starting
expert advanced experienced
group circle club community meetup team
people person member members others
audience listeners crowd public stage perform performance play concert show
laugh mock tease joke fun ridicule
compare comparison better others jealous envy
criticism criticise critic judge judging perfectionist perfection perfectionism
accountability accountable witness check report
support help assist encourage backing
ask request question
answer reply respond response
tell say speak talk
listen hear ear
interrupt disturb bother noise quiet silence alone
door sign
agree bargain deal promise agreement
goal aim target objective ambition ambitious
milestone step stage checkpoint
plan planning schedule prepare preparation ahead
prepare ready preparation beforehand setup lay
progress improve improving improvement better advance develop growth
plateau stuck stagnate stagnant stall anywhere nowhere standstill
result outcome effect success
level standard quality
good enough clean well right
bad badly poor ugly worse terrible awful
learn study learning train training practise practice exercise rehearse drill
skill ability talent gift talented
habit routine ritual automatic automatically
cue trigger anchor prompt tie attach
chain stack link sequence combine
session workout sitting unit practice
task piece part exercise chunk section passage
method way technique approach system
rule principle guideline law
review reflect reflection look retrospective weekly
change adjust alter modify fix switch
choose pick decide decision select choice
try attempt test experiment trial
move shift go proceed on
increase raise more add extend grow
decrease reduce lower less cut shrink
mix vary variety variation different new
focus concentrate attention concentration distraction distracted
remember recall memory forget forgot memorise
tool equipment gear instrument kit
buy purchase buying shop spend pay treat
money cost price budget expensive cheap finance
save saving savings
job work career office profession
rest recover recovery off
eat food meal diet breakfast lunch dinner
drink water coffee tea
run running jog jogging
strength weights lifting gym muscle
stretch flexibility mobility yoga
weight fat slim kilos pounds
pain hurt ache sore
body physical
mind mental head thoughts
meditate meditation mindfulness breathing
draw drawing sketch paint painting
sing singing voice
language vocabulary words
music song piece tune
speech presentation speak talk
code programming software
quickly soon immediately straight
quit leave putdown surrender
permanent forever good
patch phase period stretch
distance far away miles
near close within reach
same identical equal
several multiple many few some things
both two second another pair
single one only
rest remaining
reason why cause because
meaning purpose point
feel mood feeling emotion
want wish desire like
need require must necessary
should ought supposed
allowed permitted okay ok fine
dont avoid never not
"""
_WEAK = stems_of("day like play part good well work right take second")
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
