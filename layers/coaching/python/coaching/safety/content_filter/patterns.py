"""The patterns that `rules` looks for, in plain lower-case words with contractions written out or not.

They are narrow, since a coach who says "kill it in your next session" is no danger.
"""

from typing import Final

from coaching.safety.content_filter.harms import Harm

_GROUP: Final = (
    r"(?:women|men|girls|boys|blacks?|whites|asians|jews|muslims|christians|gays|lesbians|immigrants|refugees"
    r"|foreigners"
    r"|gypsies|mexicans|arabs|chinese|indians|africans|trans(?: people)?|disabled|fat people|autistic people"
    r"|(?:black|white|asian|jewish|muslim|gay|trans|disabled|old|poor|fat) (?:people|men|women|girls|boys|kids))"
)
_SELF_HARM: Final = (
    r"(?:kill(?:ing)?|hang(?:ing)?|shoot(?:ing)?|cut(?:ting)?|hurt(?:ing)?|harm(?:ing)?|starv(?:e|ing)|burn(?:ing)?"
    r"|poison(?:ing)?|overdos(?:e|ing)) (?:yourself|urself)"
)
_MEDICINE: Final = (
    r"(?:medications?|medicines?|meds|pills?|tablets?|insulin|antidepressants?|antibiotics?|lithium|ssris?|steroids?"
    r"|inhalers?|treatments?|chemo(?:therapy)?|blood thinners?|prescriptions?)"
)
ALWAYS: Final = {
    Harm.SEXUAL: (
        r"\b(?:blow ?jobs?|hand ?jobs?|deep ?throat\w*|cum ?shots?|creampie|gang ?bang\w*|masturbat\w+|jerk(?:ing)? off"
        r"|dildos?|hentai|porn\w*|nudes?\b(?! colou?rs?)|milfs?|horny|orgasms?|anal sex|oral sex|threesome)\b",
        r"\b(?:suck|lick|ride|stroke|spread|fuck|finger) (?:my|your|his|her|me|their) (?:\w+ )?"
        r"(?:cock|dick|pussy|tits?|clit|ass|boobs?|balls|legs|nipples?)\b",
        r"\b(?:cock|pussy|clit|titties|boner)\b",
        r"\b(?:send|show) me (?:\w+ )?(?:naked|nude|tits|boobs|pics of your body)\b",
        r"\bi(?: want| would like| would love|'d like|'d love) to (?:sleep|have sex) with you\b",
        r"\b(?:you(?:'re| are| look) so (?:sexy|hot) (?:naked|in bed))\b",
    ),
    Harm.HATE: (
        r"\b(?:nigg(?:er|a)s?|fag(?:got)?s?|kikes?|chinks?|spics?|wetbacks?|trann(?:y|ies)|towelheads?|sandniggers?"
        r"|coons?|gooks?|retards?|retarded|untermensch\w*)\b",
        rf"\b{_GROUP} (?:are|is|were) (?:\w+ ){{0,2}}(?:inferior|subhuman|vermin|animals|parasites|scum|trash|filth"
        rf"|stupid"
        r"|dumb|lazy|criminals?|disgusting|a disease|a plague|dirty|worthless|too emotional|not human|evil)\b",
        rf"\b(?:all|those|these) {_GROUP} (?:should|must|need to|deserve to|ought to) (?:be )?"
        r"(?:die|killed|hanged|shot|gassed|deported|sterili[sz]ed|beaten|locked up)\b",
        rf"\b(?:i hate|kill|gas|exterminate|get rid of|lock up) (?:all |the |those )?{_GROUP}\b",
        rf"\b{_GROUP} (?:belong|should stay) in the kitchen\b",
    ),
    Harm.HARASSMENT: (
        r"\b(?:you(?:'re| are)|u r|ur|you) (?:such |just |really |so |all |a |an |the |fucking |complete |total "
        r"|pathetic "
        r"|worthless |stupid |dumb |fat |ugly |lazy |little ){0,5}(?:idiot|moron|imbecile|loser|failure|pathetic"
        r"|worthless"
        r"|stupid|dumb|disgusting|ugly|fat|useless|garbage|trash|scum|bitch|whore|slut|cunt|asshole|dumbass|freak|pig"
        r"|waste of (?:space|time|oxygen|air)|burden)\b(?! (?:on|to) (?:nobody|no one))",
        r"\b(?:fuck (?:you|off|u)|screw you|shut (?:the (?:fuck|hell) )?up|go to hell|piss off|stfu|gtfo|eat shit"
        r"|kiss my ass|drop dead|kys)\b",
        r"\b(?:nobody|no one|no-one) (?:likes|loves|wants|cares about|would miss|will miss|needs) you\b",
        r"\b(?:your|ur) (?:mom|mother|wife|sister) is a\b",
        r"\b(?:i will|i'll|i am going to|i'm going to|i'm gonna) (?:find|hurt|kill|beat|punch|slap|rape|destroy"
        r"|hunt) you\b",
        r"\byou (?:deserve|deserved) (?:it|to (?:die|suffer|be hurt|be hit|be beaten))\b",
        r"\bthe world (?:would|will) be (?:a )?better(?: place)? (?:off )?without you\b",
    ),
    Harm.DANGER: (
        rf"\b(?:you should|you could|you can|you might|try|just|go ahead and|consider|why not|why don't you|i(?:'d"
        rf"| would)"
        rf"|it is (?:fine|ok|okay|safe) to|it's (?:fine|ok|okay|safe) to|go(?: and)?"
        rf"|please)(?: \w+){{0,2}} {_SELF_HARM}\b",
        r"^(?:just |go |go and |please )*(?:kill|hang|shoot|starve|cut|poison) (?:yourself|urself)\b",
        rf"\b(?:stop(?: taking)?|skip|quit|throw away|flush|don't take|do not take|come off|go off|double|halve"
        rf"|increase"
        rf"|reduce|change|lower|raise) (?:all |any |of )*(?:your|the|his|her|their) (?:\w+ ){{0,2}}(?:dose|dosage"
        rf"|{_MEDICINE})\b",
        r"\b(?:mix|combine|take|drink|use)(?: \w+){0,3} (?:pills|tablets|xanax|valium|opioids?|oxy\w*"
        r"|benzos?)(?: \w+){0,2}"
        r" (?:with|and) (?:alcohol|vodka|wine|whisk[e]?y|beer)\b",
        r"\b(?:mix|mixing|combine) (?:bleach|chlorine)(?: \w+){0,2} (?:with|and) (?:ammonia|vinegar|acid)\b",
        r"\b(?:drink|inject|swallow|inhale) (?:some |a little )?(?:bleach|disinfectant|petrol|gasoline|antifreeze)\b",
        r"\b(?:make yourself|force yourself to) (?:throw up|vomit|purge|sick)\b|\bpurg(?:e|ing) (?:after"
        r"|your) (?:\w+ )?"
        r"(?:meals?|food|eating)\b|\b(?:eat|live on|stay (?:under|below)) (?:less than |only |under )?[1-7]\d{2} "
        r"(?:calories|kcal)\b|\b(?:don't|do not|stop) eat(?:ing)? (?:anything )?for (?:\w+ )?(?:days|a week|a day)\b",
        r"\b(?:you|u)(?: are|'re| will be| can| should be)? (?:fine|okay|ok|safe|able)? ?(?:to )?driv(?:e"
        r"|ing)(?: \w+){0,3} "
        r"(?:drunk|after drinking|after a few (?:beers|drinks)|high|stoned)\b",
        r"\b(?:hit|slap|beat|choke|punch|threaten|stalk|follow|lock (?:up|in)) (?:him|her|them|your (?:wife|husband"
        r"|partner"
        r"|girlfriend|boyfriend|kids?|child|children|son|daughter|dog))\b",
        r"\b(?:ignore|fight|push|train|run|work|power) through (?:the |your |any )?(?:chest pain|fainting|dizziness"
        r"|numbness|a concussion|broken bones?|fever)\b",
        r"\b(?:you do not|you don't|no) need (?:to see |to call |for )?(?:a|any|your|the) (?:doctor|therapist"
        r"|psychiatrist"
        r"|ambulance|hospital|police)\b",
        r"\b(?:how to|ways to|easiest way to|best way to) (?:kill|hang|poison|overdose|hurt|harm)\b",
    ),
    Harm.EXPERTISE: (
        r"\b\d+(?:[.,]\d+)?(?: ?(?:-|to|or) ?\d+(?:[.,]\d+)?)? ?(?:mg|mcg|µg|ug|milligrams?|micrograms?|iu|ml"
        r"|millilit(?:er|re)s?"
        r"|cc)\b(?! of (?:water|milk|juice|tea|coffee|broth))",
        r"\b(?:take|taking|use|swallow) (?:up to |about |at least )?(?:\d+|a|one|two|three|four|half(?: an?)?"
        r"|an?other) "
        r"(?:more |extra )?(?:\w+ )?(?:tablets?|pills?|capsules?|doses?|puffs?|drops?|injections?|units?)\b",
        r"\b(?:you|u)(?: (?:clearly|probably|definitely|obviously|most likely|likely|seem to|appear to|may|might"
        r"|could|surely))*"
        r" (?:have|suffer from|are suffering from|got|'ve got|are|'re) (?:an? |the )?(?:\w+ ){0,2}(?:depress(?:ion|ed)"
        r"|anxiety disorder|adhd|autis(?:m|tic)|bipolar|ptsd|ocd|schizophreni[ac]|borderline|psychotic|psychosis"
        r"|anorexi[ac]"
        r"|bulimi[ac]|diabet(?:es|ic)|cancer|covid|coronavirus|infection|pneumonia|flu|thyroid|arthritis|asthma"
        r"|heart (?:disease|attack|failure|problem)|stroke|tumou?r|fracture|torn \w+|hernia|concussion|std"
        r"|migraines?)\b",
        r"\b(?:i(?:'d| would)? diagnose|my diagnosis|the diagnosis is|these are (?:the )?symptoms of|it(?:'s"
        r"| is) (?:just |only "
        r"|probably |definitely |most likely )*(?:an? )?(?:allerg(?:y|ies)|infection|cancer|covid|corona\w*|pneumonia"
        r"|flu"
        r"|anxiety|depression|tumou?r|hernia|fracture|benign|malignant|viral|bacterial))\b",
        r"\b(?:you (?:do not|don't|won't) have (?:the )?(?:cancer|covid|corona\w*|an infection|pneumonia|flu"
        r"|diabetes))\b",
        r"\b(?:i(?:'d| would)? prescribe|you should sue|you will win (?:the|your) case|it(?:'s"
        r"| is) (?:perfectly )?legal to"
        r"|(?:buy|short|invest (?:all|everything|your savings) in) (?:bitcoin|crypto\w*|tesla|this stock|these shares)"
        r"|guaranteed returns?|plead (?:guilty|not guilty))\b",
    ),
}
PLAN: Final = (
    r"\b(?:i|i'm|i am|im|i'll|i will|i want|i wanna|gonna|going to|planning|thinking)\b[^.?!]*\b(?:kill|hurt|harm"
    r"|cut|starv\w*"
    r"|poison|hang|shoot|burn|drown|overdos\w*) (?:\w+ )?(?:myself|me|him|her|them|my \w+|someone|people)\b",
    r"\b(?:end (?:it all|my life|it tonight)|want to die|wanna die|better off dead|jump off|not (?:be"
    r"|wake up) (?:here )?anymore"
    r"|kill(?:ing)? (?:myself|him|her|them))\b",
    r"\b(?:drive|driving|drove)\b[^.?!]*\b(?:drunk|after drinking|high|stoned|wasted|beers?|drinks)\b",
    r"\b(?:stop(?:ped|ping)?|quit(?:ting)?|skip(?:ped|ping)?|flush(?:ed|ing)?|double|doubling)\b[^.?!]*\b"
    rf"{_MEDICINE}\b",
    r"\b(?:stop(?:ped|ping)? eating|not (?:eat|eating|eaten)\b[^.?!]*\b(?:days?|week)|throw(?:ing)? up (?:after|my)"
    r"|purg(?:e|ing)"
    r"|laxatives?|starv(?:e|ing)|(?:only|just|under) (?:\w+ )?[1-7]\d{2} (?:calories|kcal))\b",
    r"\b(?:rob|steal|stab|beat up|bomb|burn down|blackmail|stalk|rape|drug (?:him|her|them)|poison|hit (?:my|him"
    r"|her))\b",
    r"\b(?:meth|heroin|crack|fentanyl|cocaine)\b",
)
AGREES: Final = (
    r"^(?:(?:oh|yes|yeah|yep|sure|ok|okay|well|of course|absolutely|exactly|definitely|and)[,!. ]+)*(?:go (?:for it"
    r"|ahead)"
    r"|do it|just do it|(?:what )?(?:a )?(?:good|great|nice|wonderful|brilliant|fantastic|excellent|smart"
    r"|cool) (?:idea|plan"
    r"|thinking|choice|call|decision|for you|job)|sounds (?:good|great|fun|like a plan|awesome|amazing|perfect)"
    r"|good for you"
    r"|i (?:agree|support (?:you|that|this)|love (?:it|that|this|the idea)|would do (?:it|that|the same))|you(?:'re"
    r"| are) right"
    r"|that(?:'s| is| sounds| would be) (?:\w+ ){0,2}(?:good|great|fine|awesome|cool|nice|fun|okay|ok|amazing"
    r"|wonderful|right|perfect"
    r"|the best|lovely)|me too|same here|keep (?:it up|going)|well done|congratulations|proud of you"
    r"|i am (?:so )?(?:happy|glad|proud)"
    r"|i'm (?:so )?(?:happy|glad|proud)|you (?:can|should|deserve to) do (?:it|that)|why not|enjoy|have fun|good luck"
    r"|let's do it"
    r"|do what (?:you|makes you)|it(?:'s| is) (?:your|up to you))",
)
_NUMBER: Final = (
    r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|hundred)"
)
BODY: Final = (
    rf"\b{_NUMBER}(?: \w+)? ?(?:kcal|calories|kg|kilos?|kilograms?|lbs?|pounds|stone|bmi|grams? of (?:fat|carbs?"
    rf"|sugar|protein))\b",
    r"\b(?:bmi|body fat|goal weight|target weight|calorie (?:deficit|count\w*|goal|limit|target)|lose weight"
    r"|losing weight"
    r"|weight loss|fast(?:ing)? for)\b[^.?!]*\d",
    rf"\b(?:lose|drop|shed|cut|burn|weigh) (?:\w+ ){{0,2}}{_NUMBER}\b(?! (?:days?|weeks?|times?|minutes?|things?"
    rf"|distractions?))",
)
