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
    accept ache act add address admit advise afford agree allow answer apologise appear apply argue
    arrive ask attend avoid bake balance bank bear beat become beg begin believe belong bend blame block blow borrow
    bother breathe bring brush build burn buy call calm care carry catch cause change charge check choose circle claim
    clean clear climb close collect come comfort commit compare complain complete connect consider continue cook cool
    copy correct cost count cover create cross cry cut dance date deal decide declare defend depend describe deserve
    develop die discover discuss dislike do draw dream dress drink drive drop eat empty end enjoy enter escape excuse
    exercise exist expect explain explore face fade fail fall fear feed feel fight fill find finish fit fix float fold
    follow forget forgive form free freeze get give go grant greet grow guard guess guide hang happen hate have hear
    heat help hide hit hold hope hurry hurt ignore imagine improve include increase interrupt introduce invite join
    judge jump keep kick kill know last laugh lay lead leaf lean learn leave lend let lie lift light like limit listen
    live lock look lose love lower make manage mark matter mean measure meet mend mention mind miss mix move name need
    nod notice obey offer open order organise overcome owe own pack pass pause pay persuade pick place plan play please
    point post postpone pour practise praise prefer prepare press pretend prevent print produce promise protect prove
    pull push put raise reach read realise receive recommend record reduce refuse relax release remain remember remind
    remove repair repay repeat replace reply report rescue resist respect rest return reward ride ring rinse rise roll
    run rush save say schedule scold see seem sell send serve set settle shake shape share shift shine shout show
    shrink shut sing sit skip sleep slip slow smile solve sort sound speak spend split spoil stack stand start stay
    steal step stick stop stretch strike struggle study suffer suggest suit support suppose surprise swallow swap swear
    swim swing switch take talk taste teach tear tell tempt tend test thank think throw tidy tie tolerate touch trace
    train travel treat trust try turn type understand undo unpack untie use vary visit wait wake walk want warm warn
    wash waste watch wear weigh win wish wonder work worry wrap write
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
