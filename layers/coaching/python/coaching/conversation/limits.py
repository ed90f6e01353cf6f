"""What a coach is not: questions for a doctor, a lawyer or an adviser on money, and the line that says so.

Such a question gets what the creator teaches and, before it, a plain line that sends the user to who may answer it.
"""

import re
from typing import Final, Literal

from coaching.conversation.tongues import in_tongue_of

Limit = Literal["medical", "legal", "financial"]

LIMITS: Final = {
    "en": {
        "medical": "I can't give a dose or a diagnosis; please ask a doctor or a pharmacist.",
        "legal": "I can't give legal advice; please ask a lawyer.",
        "financial": "I can't give financial advice; please ask a qualified adviser.",
    },
    "cs": {
        "medical": "Nemohu určit dávku ani diagnózu; zeptejte se prosím lékaře nebo lékárníka.",
        "legal": "Nemohu poskytovat právní rady; zeptejte se prosím právníka.",
        "financial": "Nemohu poskytovat finanční poradenství; zeptejte se prosím kvalifikovaného poradce.",
    },
    "da": {
        "medical": "Jeg kan ikke give en dosis eller en diagnose; spørg en læge eller et apotek.",
        "legal": "Jeg kan ikke give juridisk rådgivning; spørg en advokat.",
        "financial": "Jeg kan ikke give økonomisk rådgivning; spørg en kvalificeret rådgiver.",
    },
    "de": {
        "medical": "Ich kann keine Dosis und keine Diagnose nennen; bitte frage einen Arzt oder eine Apotheke.",
        "legal": "Ich kann keine Rechtsberatung geben; bitte frage einen Anwalt.",
        "financial": "Ich kann keine Finanzberatung geben; bitte frage eine qualifizierte Beratung.",
    },
    "es": {
        "medical": "No puedo indicar una dosis ni un diagnóstico; consulta a un médico o a un farmacéutico.",
        "legal": "No puedo dar asesoramiento legal; consulta a un abogado.",
        "financial": "No puedo dar asesoramiento financiero; consulta a un asesor cualificado.",
    },
    "fi": {
        "medical": "En voi antaa annosta tai diagnoosia; kysy lääkäriltä tai apteekista.",
        "legal": "En voi antaa oikeudellista neuvontaa; kysy lakimieheltä.",
        "financial": "En voi antaa talousneuvontaa; kysy pätevältä neuvojalta.",
    },
    "fr": {
        "medical": "Je ne peux donner ni dose ni diagnostic ; demande à un médecin ou à un pharmacien.",
        "legal": "Je ne peux pas donner de conseil juridique ; demande à un avocat.",
        "financial": "Je ne peux pas donner de conseil financier ; demande à un conseiller qualifié.",
    },
    "it": {
        "medical": "Non posso indicare una dose né una diagnosi; chiedi a un medico o a un farmacista.",
        "legal": "Non posso dare consulenza legale; chiedi a un avvocato.",
        "financial": "Non posso dare consulenza finanziaria; chiedi a un consulente qualificato.",
    },
    "nb": {
        "medical": "Jeg kan ikke gi en dose eller en diagnose; spør en lege eller et apotek.",
        "legal": "Jeg kan ikke gi juridiske råd; spør en advokat.",
        "financial": "Jeg kan ikke gi økonomiske råd; spør en kvalifisert rådgiver.",
    },
    "nl": {
        "medical": "Ik kan geen dosis of diagnose geven; vraag het aan een arts of apotheker.",
        "legal": "Ik kan geen juridisch advies geven; vraag het aan een advocaat.",
        "financial": "Ik kan geen financieel advies geven; vraag het aan een erkende adviseur.",
    },
    "pl": {
        "medical": "Nie mogę podać dawki ani diagnozy; zapytaj lekarza lub farmaceutę.",
        "legal": "Nie mogę udzielać porad prawnych; zapytaj prawnika.",
        "financial": "Nie mogę udzielać porad finansowych; zapytaj wykwalifikowanego doradcę.",
    },
    "pt": {
        "medical": "Não posso indicar uma dose nem um diagnóstico; pergunta a um médico ou farmacêutico.",
        "legal": "Não posso dar aconselhamento jurídico; pergunta a um advogado.",
        "financial": "Não posso dar aconselhamento financeiro; pergunta a um consultor qualificado.",
    },
    "sv": {
        "medical": "Jag kan inte ge en dos eller en diagnos; fråga en läkare eller ett apotek.",
        "legal": "Jag kan inte ge juridisk rådgivning; fråga en jurist.",
        "financial": "Jag kan inte ge ekonomisk rådgivning; fråga en kvalificerad rådgivare.",
    },
    "tr": {
        "medical": "Doz ya da tanı veremem; lütfen bir doktora veya eczacıya sor.",
        "legal": "Hukuki tavsiye veremem; lütfen bir avukata sor.",
        "financial": "Finansal tavsiye veremem; lütfen yetkili bir danışmana sor.",
    },
}
"""By language (ISO 639-1) and what is asked for, one sentence each."""

_MEDICINE = (
    r"medications?|medicines?|meds|pills?|tablets?|ibuprofen|paracetamol|acetaminophen|tylenol|aspirin|melatonin"
    r"|insulin"
    r"|antibiotics?|antidepressants?|ssris?|xanax|valium|ritalin|adderall|steroids?|ozempic|metformin|statins?|creatine"
    r"|supplements?|vitamins?|magnesium|iron|caffeine|cbd|painkillers?"
)
_CONDITION = (
    r"depression|depressed|adhd|autis\w+|bipolar|ptsd|ocd|anorexi\w+|bulimi\w+|diabet\w+|cancer|concussion|arthritis"
    r"|anxiety disorder|panic disorder|covid|an? (?:infection|fracture|hernia|torn \w+|tumou?r|stroke|heart attack)"
)
_ASKED: Final = {
    "medical": (
        rf"\b(?:how (?:much|many)|what (?:dose|dosage|amount)|which dose|should i take|can i take|is it safe to take"
        rf"|how often"
        rf"|can i (?:mix|combine|stop|skip|double)|should i (?:stop|skip|double|start))\b[^.?!]*\b(?:{_MEDICINE})\b",
        r"\b(?:dose|dosage|dosis|posologie|dosaggio|dosering|dosagem|dawk\w+|annostus)\b",
        r"\b\d+ ?(?:mg|mcg|milligrams?)\b",
        rf"\b(?:do|could|might|may|am|have) (?:you think )?i (?:\w+ ){{0,2}}(?:have|got|suffer from"
        rf"|be)? ?(?:{_CONDITION})\b",
        rf"\b(?:is (?:this|it|that)|could (?:this|it|that) be|sounds like"
        rf"|symptoms? of) (?:\w+ ){{0,2}}(?:{_CONDITION})\b",
        r"\b(?:diagnos\w+|what (?:is|could be) wrong with my \w+|interpret my (?:blood|lab|test)\w*)\b",
    ),
    "legal": (
        r"\b(?:can i sue|should i sue|is it (?:legal|illegal)|am i (?:liable|allowed by law)|legal (?:advice|rights?"
        r"|action)"
        r"|custody|restraining order|lawsuit|(?:need|find|hire|get) (?:a |an )?(?:lawyer|attorney)|prenup"
        r"|breach of contract|wrongful (?:termination|dismissal)"
        r"|unfair dismissal|visa (?:application|status)|press charges|divorce (?:papers|settlement)|rechtsberatung"
        r"|abogado|avocat)\b",
    ),
    "financial": (
        r"\b(?:should|can|could|would) (?:i|you|we)\b[^.?!]*\b(?:invest|buy|sell|short|refinance|remortgage)\b[^.?!]*"
        r"\b(?:stocks?|shares?|crypto\w*|bitcoin|funds?|etfs?|bonds?|gold|mortgage|options)\b",
        r"\b(?:where|how|what) (?:should|do|can) i invest\b|\b(?:investment|tax|financial) advice\b"
        r"|\bwhich (?:stocks?|funds?|etfs?|crypto)\b"
        r"|\bhow (?:do|can|much) i? ?(?:\w+ )?(?:tax(?:es)? (?:do i|should i|on)|deduct)\b|\bpay off (?:my )?(?:debt"
        r"|mortgage|loan)\b"
        r"|\b(?:my )?(?:savings|pension|401k|inheritance)\b[^.?!]*\b(?:into|in) (?:stocks?|crypto\w*|bitcoin|shares"
        r"|funds?|etfs?)\b",
    ),
}
_READ: Final = {
    limit: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns) for limit, patterns in _ASKED.items()
}


def limit_of(message: str) -> Limit | None:
    """Return what a message asks for that a coach may not give; None where it asks for none of that."""
    plain = message.replace("’", "'")
    limits: tuple[Limit, ...] = ("medical", "legal", "financial")
    return next((limit for limit in limits if any(pattern.search(plain) for pattern in _READ[limit])), None)


def limit_line(limit: Limit, locales: tuple[str, ...]) -> str:
    """Return the line in the first of the locales whose language is known, in English where none is."""
    return in_tongue_of(locales, LIMITS)[limit]


def limit_lines() -> frozenset[str]:
    """Return every such line."""
    return frozenset(line for lines in LIMITS.values() for line in lines.values())
