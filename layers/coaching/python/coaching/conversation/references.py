"""Which sentences lean on the one before them, so that quoted alone they would point at nothing."""

import re

_CONNECTED = re.compile(
    r"""^["“(]?(?:
        (?:this|that|these|those|such|it|its|they|their|them|he|she|his|her|him|both|neither|nor|either|another|mine
          |however|but|and|so|or|then|therefore|thus|hence|instead|also|besides|still|yet|otherwise|meanwhile|similarly
          |likewise|again|anyway|finally|afterwards|later|conversely|furthermore|moreover|consequently|nevertheless
          |accordingly|here|now|yes|no|well|right|okay|exactly|true|perhaps|maybe\snot|some\sof|most\sof|none\sof
          |all\sof\s(?:this|that|these|those|them)|each\sof\s(?:these|those|them)|one\sof\s(?:these|those|them))\b
        | (?:even|only|until|since|by|from|before|after|because\sof|despite|in|at|on|with|without|under|for|like|as\sfor
            |during|to)\s(?:then|this|that|these|those|it|them|such|which|there)\b
        | (?:for\sexample|for\sinstance|in\sparticular|in\sother\swords|in\sshort|in\saddition|in\scontrast|by\scontrast
            |on\sthe\s(?:other|one)\shand|of\scourse|after\sall|above\sall|as\s(?:above|before|a\sresult|i\ssaid|mentioned)
            |as\ssuch|the\ssame|not\sso|that's|it's|not\sbecause|at\s(?:best|worst|first|last)\b)
        | (?:the|my|your|our)\s(?:second|third|fourth|fifth|sixth|last|latter|former|other|others|next|rest|following
            |above|opposite|answer|reason|result|exception|difference|trick|cause|problem|solution|effect|short\sof\sit
            |way\sback)\b
        | (?:the|my)\s(?:first|only|two|three|four|five)\s(?:one|ones|of|are|is)\b
        | there\b(?!\s(?:is|are|was|were|will|may|has|have|must|should|can)\b)
        )""",
    re.IGNORECASE | re.VERBOSE,
)
_OPEN_SUBJECT = re.compile(
    r"^it(?:['’]s| is| was| can be| may be| feels| helps| takes \w+)\s(?:\w+\s)?"
    r"(?:hard|easy|easier|better|best|good|fine|okay|normal|common|possible|impossible|important|useful|natural|tempting"
    r"|worth|true|rare|enough|all right|okay)\b.*\b(?:to|that|when|if|how|whether|for)\b",
    re.IGNORECASE,
)
_NAMES_IT = re.compile(r"\b(?:call|consider|name) it (?=an? )", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|these|those|there)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:an?|the|my|your|our|every|each|no|some|any|many|most|few|all|one|two|three|four|five|another|whose|whatever"
    r"|people|somebody|someone|nobody|everybody|anyone)\s*\w*|\b\w{3,}s\b(?<!ss)|(?<=\w )[A-Z]\w+|\b\w+ing\b",
)
_POINTS_BACK = re.compile(
    r"\b(?:(?:as|see|mentioned|described|shown|listed) (?:above|below|before|earlier)"
    r"|the (?:above|following|latter|former)|(?:this|these|those) (?:three|four|five|two|days?|weeks?|people|kinds?"
    r"|causes?|rules?|words?|lines?|ones?|reasons?|steps?|cases?|times?|things?|moments?|parts?|questions?|tests?)"
    r"|that (?:line|list|rule|one|case|way|sentence)|than (?:this|that|these|those|it))\b",
    re.IGNORECASE,
)


def leans_on_before(sentence: str) -> bool:
    """Return whether `sentence` needs the sentence before it.

    It does when it opens with a connecting or pointing word, when a pronoun comes before anything that it could
    stand for, or when it points back ("these three days", "as above").
    """
    plain = _NAMES_IT.sub(" ", sentence.replace("’", "'")).strip()
    if _OPEN_SUBJECT.match(plain):
        return False
    if _CONNECTED.match(plain) or _POINTS_BACK.search(plain):
        return True
    pronoun = _PRONOUN.search(plain)
    if pronoun is None or pronoun[0].lower() == "there":
        return False
    return not _NAMED.search(plain, 0, pronoun.start())
