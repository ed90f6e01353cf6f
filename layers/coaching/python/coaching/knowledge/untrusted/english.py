"""How text speaks that wants something of a model: orders, roles, control tokens, what the reply shall hold."""

from typing import Final

_CANCEL = (
    r"(?:ignor(?:e|ing)|disregard|forget|overrid(?:e|es|ing)|override|bypass|cancel(?:led)?|drop|skip|discard|"
    r"neglect|"
    r"set aside|leave|never ?mind|pay no attention|do not (?:obey|follow|continue)|don't (?:obey|follow)|"
    r"stop|replac(?:e|ed|es)|reset|outdated|supersede[sd]?|no longer appl(?:y|ies)|contrary to|regardless of|"
    r"in contrast to|despite|change)"
)
_ORDERS = (
    r"(?:instructions?|directi(?:ons?|ves?)|commands?|orders|rules?|guid(?:elines?|ance)|prompts?|polic(?:y|ies)|"
    r"assignments?|tasks?|programming|constraints?|restrictions?|configuration|context|conversation|memory|"
    r"messages?|developers?|safety|been told|were told|was said|have said|you know|checks?)"
)
_BEFORE = (
    r"(?:previous(?:ly)?|prior|above|earlier|preceding|before|initial|original|old|former|existing|"
    r"so far|until now|system|default|all (?:the|your|of)|any|your|everything|what (?:came|i))"
)
_MODEL = (
    r"(?:\b(?:ai|a\.i\.|llms?|gpt(?:-?\d\w*)?|chat ?gpt|chat ?bots?|bots?|(?:ai |virtual |digital )?assistants?|"
    r"(?:language|neural|ai) (?:models?|networks?)|(?:the|dear|this|a) model|agents?|copilot|claude|gemini|llama|"
    r"crawlers?|automated systems?)\b)"
)
_OUTPUT = (
    r"(?:(?:your|the|this|final|whole|every|each|any) (?:\w+ )?(?:response|reply|replies|answers?|output|summary))"
)
_REVEAL = (
    r"(?:reveal|show|print|repeat|output|dump|display|list|share|disclose|leak|tell me|write down|spell|"
    r"give me|what (?:were|are|is|was))"
)
_HIDDEN = (
    r"(?:(?:system|hidden|initial|original|secret|full|above|prompt|exact) (?:\w+ )?(?:prompt|text|texts|"
    r"instructions?|"
    r"rules|notes?|settings?|configuration|message)|prompt ?texts?|prompts?|your (?:instructions?|rules|context|"
    r"memory|configuration|guidelines)|passwords?|secret (?:key|code|word)|"
    r"(?:chat|conversation) history|text above|before my question)"
)

ENGLISH: Final[dict[str, str]] = {
    "cancels orders": rf"\b{_CANCEL}\b[^.!?\n]{{0,60}}\b{_ORDERS}\b",
    "cancels what came before": rf"\b{_CANCEL}\b[^.!?\n]{{0,40}}\b{_BEFORE}\b",
    "cancels earlier orders": rf"\b{_CANCEL}\b[^.!?\n]{{0,40}}\b{_BEFORE}\b[^.!?\n]{{0,30}}\b{_ORDERS}\b",
    "earlier orders": rf"\b{_BEFORE}\s+(?:\w+\s+)?{_ORDERS}\b",
    "your orders": rf"\byour\s+(?:\w+\s+)?{_ORDERS}\b",
    "new orders": (
        r"\b(?:new|next|real|following|additional|these|my|different)\s+(?:\w+\s+)?(?:instructions?|task|"
        r"assignment|command|prompt|orders|rules|job|directives?)\b"
    ),
    "you are now": (
        r"\b(?:you are|you're|you will be) (?:now|no longer|going to (?:act|pretend|be|play))\b|"
        r"\byou have been upgraded\b"
    ),
    "from now on": r"\b(?:from (?:now|here|this \w+) on(?:wards?)?|starting now|henceforth)\b",
    "act as": (
        r"\b(?:act(?:ing)? (?:as|like)|behave (?:as|like)|pretend|play(?:ing)? the (?:role|part)|"
        r"(?:in )?the role of|role-?play|simulat(?:e|or)|speak as|assume the identity|"
        r"imagine (?:that )?you(?:'re| are)?|take on the|personify|impersonate)\b"
    ),
    "act as a model": rf"\b(?:act|pretend|you are|you're|imagine|behave|simulate|role)\b[^.!?\n]{{0,50}}{_MODEL}",
    "in character": r"\b(?:in|break(?:ing|s)?|out of) character\b|\bpersona\b|\balter ego\b",
    "a model": _MODEL,
    "calls a model": (
        rf"(?:(?:^|\b(?:dear|hey|hi|hello|attention|note to|to the|to any|to all|if you are an?|for|as an?|"
        rf"instruction for|you, the|message to)\s+){_MODEL})|{_MODEL}\s*[,:]"
    ),
    "your output": (
        rf"\b{_OUTPUT}\b|\b(?:respond|reply|answer)\b(?=[^.?!\n]{{0,20}}\b(?:with|only|in|as|without|"
        rf"wrongly)\b)"
    ),
    "shapes the output": (
        r"\b(?:add|includ\w+|insert|append|integrat\w+|end|begin|start|finish|modif\w+|chang\w+|replac\w+|"
        r"encod\w+|mention|provid\w+|extend|augment|enhanc\w+|convert|translat\w+|suggest|write|weave|work|"
        r"spell|shuffle|scrambl\w+|rearrang\w+|substitut\w+|remov\w+|mark|mix|slip|put|contain|hide|"
        r"embed)\b[^.!?\n]{0,80}\b(?:response|reply|replies|answers?|output|message)\b|^(?:in|"
        r"with) your (?:response|reply|answer|output)"
    ),
    "letters of the output": (
        r"\b(?:letters?|vowels?|words?|spaces?|typos?|misspell\w*|emojis?|base64|hex(?:adecimal)?|rot13|morse|"
        r"anagram\w*|caps|backwards|reversed?|symbols?|cipher|substitution)\b[^.!?\n]{0,60}\b(?:response|"
        r"reply|answer|output|message)\b|\b(?:respond|reply|answer|speak)\b[^.!?\n]{0,30}\b(?:only|emojis?|"
        r"caps|rhymes?|riddles|morse|base64|latin)\b"
    ),
    "reveals the prompt": rf"\b{_REVEAL}\b[^.!?\n]{{0,60}}\b{_HIDDEN}\b",
    "hidden text": _HIDDEN,
    "in secret": (
        r"\bwithout (?:telling|asking|mentioning|informing|saying)\b|\b(?:do not|don't|never) (?:tell|mention|"
        r"reveal|say|inform|disclose)\b|\b(?:secret|hidden|confidential)\b"
    ),
    "role marker": (
        r"(?:^|\n)\W{0,4}(?:system|assistant|human|user|instructions?|ai|bot|model|admin|prompt|"
        r"additional instruction|next instruction|gpt|answer|dan)(?: (?:message|prompt|"
        r"note)[^:\n]{0,30})?\W{0,3}:"
    ),
    "control token": (
        r"<\|[^|\n]{1,30}\|?>|\[/?(?:inst|sys|system|end|user|assistant|gpt|dan)\b[^\]\n]{0,30}\]|<</?sys>>|"
        r"</?(?:system|assistant|user|instructions?|prompt|tool_call|source|knowledge|context|document|"
        r"start_of_turn|s)\b[^>\n]{0,30}>|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user)|function_call|"
        r"tool_calls?\b"
    ),
    "end of the text": (
        r"\bend (?:of )?(?:the |new )?(?:document|context|text|prompt|data|quoted|note|input|file)\b|"
        r"\b(?:context|document|text) ends? here\b|[-=#>]{3,}\s*(?:end|begin|new|admin)|#{2,}\s*(?:system|"
        r"instruction|response|user|task)"
    ),
    "no limits": (
        r"\b(?:unfiltered|uncensored|unrestricted|unhinged|amoral|immoral|unethical|jailb\w+|jailbroken|"
        r"anything now|(?:developer|debug|god|maintenance|unfiltered|dan|opposite|root|sudo) (?:mode|day)|"
        r"(?:no|any|without(?: any)?|free (?:of|from)(?: all| any| the)?|has no|lift\w*|"
        r"bypass\w*) (?:\w+ )?(?:restrictions?|limits?|limitations?|rules|filters?|morals?|ethic\w*|"
        r"censorship|guidelines|polic\w+|warnings?|disclaimers?|prohibitions?)|content (?:policy|filter|"
        r"rules)|never (?:refuse\w*|apologi[sz]es?|says? no)|do not have to (?:abide|follow)|illegal|"
        r"forbidden)\b"
    ),
    "rank or authority": (
        r"\b(?:admin(?:istrator)?|superuser|sudo|root access|operator|authori[sz]ed?|highest priority|"
        r"priority: ?\w+|by order|compliance update|access granted|administrator rights|verified)\b"
    ),
    "urgency": r"\b(?:urgent|immediately|at once|right now|important|attention|critical|must|have to)\b|!{2,}",
    "sends away": (
        r"\b(?:send|forward|upload|post|transmit|append|attach|email|encode|exfiltrate|call|transfer|"
        r"collect)\b[^.!?\n]{0,80}\b(?:to|link|url|webhook|server|address|parameters?|tool)\b|"
        r"!\[[^\]]*\]\(https?:[^)]*[?{=]|\bquery parameters?\b"
    ),
    "private data": (
        r"\b(?:passwords?|credit card|bank details|api keys?|secret key|phone numbers?|e-?mail address|"
        r"personal (?:data|information)|chat history|the (?:whole |entire )?conversation|user(?:'s)? (?:data|"
        r"name|e-?mail|notes?|goals?|profile)|date of birth|log in at)\b"
    ),
    "when asked": (
        r"\b(?:if|when|whenever|every time|each time|should|as soon as|once|"
        r"on the word)\b[^.!?\n]{0,40}\b(?:ask(?:s|ed)?|questions?|users?|mentions?|says?|refuse|person|"
        r"anyone|anybody|somebody)\b"
    ),
    "the user": r"\b(?:the|this|your|a|every|previous|other) (?:users?|person|human|customer|reader|people asking)\b",
    "request": (
        r"^\W*(?:please\s+|now\s+|then\s+|and\s+|also\s+|instead,?\s+)?(?:write|translate|explain|"
        r"summari[sz]e|generate|provide|compose|draft|describe|create|give me|tell me|list|classify|convert|"
        r"solve|answer|respond|reply|say|output|print|repeat|show|formulate|recommend|name|develop|break down|"
        r"calculate|compute|complete|plan|set a|book)\b"
    ),
    "request of mine": (
        r"\b(?:i (?:want|need|would like|command|direct|order|authori[sz]e|instruct) you|(?:give|tell|show|"
        r"write|help|send) (?:to )?me|can you|could you|my (?:first|next) (?:request|question|command|"
        r"sentence))\b"
    ),
    "question": r"\?",
    "begins a question": r"^\W*(?:who|what|when|where|why|how|which|is|are|do|does|can|could|should)\b",
    "quoted": r"[\"“„«'‘][^\"”“»'’\n]{12,}[\"”»'’]",
    "talks about attacks": (
        r"\b(?:attack(?:s|ers?)?|injections?|jailbreaks?|adversarial|security|researchers?|vendors?|phrases?|"
        r"hostile|filters? that|the example|known as|called|article|chapter|lecture|paper|vulnerab\w+|"
        r"defen[cs]es?|obey|such as|like \")\b"
    ),
    "you must": (
        r"\byou (?:must|will|shall|have to|should|need to|can|may|are (?:to|allowed|free|in))\b|\b(?:always|"
        r"never|only)\b"
    ),
    "it must": (
        r"\b(?:he|she|it|they|\w+gpt|\w+bot) (?:will|must|can|does|never|always|has|is) (?:never|always|no|"
        r"not|do|be|answer|respond|generate|anything)?\b"
    ),
    "makes things up": (
        r"\b(?:make up|made-?up|invent|untrue|fake|pretend (?:to|you can)|wrongly|insult\w*|offensive|harmful|"
        r"hateful|poison|weapons?|hack\w*|virus|malware|cracked)\b"
    ),
}
"""Regular expressions over plain text, by the sign that they read."""
