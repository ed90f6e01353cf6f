"""Whether a line is a sentence: it has a verb. A written list of common English verbs stands in for a parser."""

import re

from coaching.safety.words import stem, stems_of, tokens

_ALWAYS = """
    am is are was were be been being do does did have has had can could will would shall should may might must
    can't cannot don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't haven't hasn't
    hadn't i'm i've i'll i'd you're you've you'll you'd we're we've we'll they're they've it's that's there's what's
    let's he's she's
"""
_OTHERS = """
    accept ache achieve act adapt add address adjust admit advise affect afford agree aim allow announce answer
    apologise appear apply appreciate approach argue arrive ask assess assume attack attempt attend attract avoid
    balance bear beat become beg begin behave believe belong bend bite blame block blow book borrow bother bounce
    breathe bring brush build burn buy call calm care carry catch cause celebrate challenge change charge check
    choose claim clarify clean clear climb close collapse collect combine come comfort commit communicate compare
    compete complain complete concern conclude confirm confuse connect consider contain continue contribute control
    convince cook cool cope copy correct cost count cover create criticise cross cry cut damage date deal decide
    declare defend define deliver demand deny depend describe deserve design destroy determine develop die differ
    direct disappear discover discuss dislike distract divide do double draw dream dress drink drive drop earn eat
    edit educate emerge empty encourage end enjoy ensure enter escape establish estimate examine exceed excuse
    exercise exist expand expect explain explore express extend face fade fail fall fear feed feel fetch fight fill
    film find finish fit fix fly focus fold follow force forget forgive form free freeze gain gather get give go
    grant greet grow guard guess guide handle hang happen hate have hear heat help hide hit hold hope hug hurry hurt
    identify ignore imagine improve include increase inform insist inspire intend interrupt introduce invite involve
    join judge jump keep kick kill knock know lack land last laugh launch lay lead lean learn leave lend let lie
    lift light like limit list listen live load locate lock look lose love lower maintain make manage mark marry
    master matter mean measure meet mend mention mind miss mix motivate move name need nod notice obey observe
    obtain occur offer open operate order organise overcome owe own pack participate pass pause pay perform permit
    persuade pick place plan play please point post postpone pour practise praise prefer prepare press pretend
    prevent print produce promise propose protect prove provide publish pull punish push put qualify question quit
    raise reach react read realise receive recommend record recover reduce refer reflect refuse regret reject relate
    relax release rely remain remember remind remove repair repeat replace reply report represent require rescue
    research reserve resist resolve respect rest return reveal review reward ride ring rise risk roll ruin run rush
    satisfy save say scare schedule search see seek seem select sell send separate serve set settle shake shape
    share shift shine shoot shout show shrink shut sign sing sit skip sleep slip slow smell smile solve sort sound
    speak spend split spoil spread stand stare start stay steal step stick stop stretch strike struggle study suffer
    suggest suit support suppose surprise survive suspect swallow swear swim swing switch take talk taste teach tear
    tell tend test thank think threaten throw tie tolerate touch trace track train transform translate travel treat
    trigger trust try turn type understand undo upset urge use value vary visit visualise vote wait wake walk want
    warm warn wash waste watch wear weigh welcome whisper win wish wonder work worry wrap write yell
"""
_LEADING_NOUNS = """
    a an the my your his her its our their this that these those each every no some any more less most many few all both
    of in at on for with by from to per into about over under between without through during than as like first last
    next own same other another good bad big small new old long short two three four five six seven eight nine ten
"""
_NEVER_NOUNS = frozenset(_ALWAYS.split())
_VERBS = stems_of(_OTHERS)
_LEADS = frozenset(_LEADING_NOUNS.split())
_CLAUSE_END = re.compile(r"[.!?:;,]\s+")


def has_verb(sentence: str) -> bool:
    """Return whether a word of `sentence` can be its verb: one of the list that does not stand where a noun stands."""
    return any(_has_verb(tokens(clause)) for clause in _CLAUSE_END.split(sentence))


def _has_verb(clause: list[str]) -> bool:
    return any(
        word in _NEVER_NOUNS or (stem(word) in _VERBS and before not in _LEADS and not before.isdigit())
        for before, word in zip(["", *clause], clause, strict=False)
    )
