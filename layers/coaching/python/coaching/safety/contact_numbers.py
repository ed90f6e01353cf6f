"""Telephone numbers in a text, short ones too, told apart from the figures of everyday coaching.

A number that is written as one (+44 20 ..., 0800 ..., 1-800-...) is one anywhere. A short or plain one ("988",
"13 11 14") is one only where the sentence speaks of calling or writing, and never before a unit ("call 2 friends for
10 minutes", "run 5 km").
"""

import re
from typing import Final

_GAP: Final = r"[ .\-/]{1,2}"
_GROUPED: Final = rf"\(?\d+\)?(?:{_GAP}\(?\d+\)?)*"
_WRITTEN: Final = re.compile(
    rf"(?:tel|sms|whatsapp|callto):\+?[\d().\-]{{3,}}"
    rf"|(?<![\w.,])\+\d{{1,3}}[ .\-/(]{{0,2}}\d(?:[ .\-/()]{{0,2}}\d){{5,13}}"
    rf"|(?<![\w.,+])\(0\d{{1,5}}\){_GAP}?\d(?:[ .\-/]?\d){{4,10}}"
    rf"|(?<![\w.,:+/-])0\d{{1,5}}(?:{_GAP}\d{{1,8}}){{1,5}}(?![\w:%])"
    rf"|(?<![\w.,:+-])0\d{{7,12}}(?![\w:%])"
    r"|(?<![\w.,+-])(?:\+?1[ .\-])?\(?[2-9]\d{2}\)?[ .\-][2-9]\d{2}[ .\-]\d{4}(?![\w:%])"
    r"|(?<![\w.,+-])(?:1[ .\-]?)?8(?:00|33|44|55|66|77|88)[ .\-](?=[\dA-Z \-]{7,9}(?!\w))[\dA-Z]+(?:[ \-][\dA-Z]+)*"
    r"|(?<![\w.,:+-])1[389]00(?:[ .\-]\d{2,4}){2,3}(?![\w:%])"
    r"|(?<![\w.,:+-])[1-9]\d{9,12}(?![\w:%,.]\d|\w)",
)
_CALLING: Final = re.compile(
    r"""\b(?:(?:call|calling|dial|dialling|dialing|phone|phoning|telephone|ring|ringing)(?!\s+it\b)
    |(?:text|texting|sms|message|messaging|whatsapp)(?:\s+(?!the\b|a\b|of\b)["']?[\w']+["']?){0,2}?\s+(?:to|at|on)
    |text|sms|whatsapp|reach\s+(?:\w+\s+){1,4}(?:at|on)|contact\s+(?:\w+\s+){1,5}(?:at|on)
    |(?:hot|help|life)-?lines?|(?:crisis|suicide)\s+lines?|samaritans|emergency\s+(?:number|services?)
    |(?:phone|telephone|their|our|its|this|the|toll-free)\s+number(?:\s+is)?|numbers?\s*:|number\s+is
    |anruf\w*|ruf(?:e|en|t|st)?|wähl\w*|notruf\w*|telefon\w*|nummer|seelsorge|tel\.?
    |appel\w*|compos\w*|téléphon\w*|numéro|joign\w*
    |llama\w*|llame\w*|marca\w*|marque\w*|teléfono|número|línea
    |chiam\w*|telefon\w*|componi|numero|linea
    |ligue|ligar|disque|telefone|linha
    |bel|bellen|belt|zadzwo\w*|dzwo\w*|numer\w*|telefonu|soita|soittaa|soittam\w*|puhelin\w*|arayın|arayin|ara|hattı
    |volejte|zavolej\w*|volat|číslo|linka|linku|ring\s+til|nødnummer\w*|nødtelefon\w*)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSE: Final = 44
"""Characters between the word that speaks of calling and the number."""
_PLAIN: Final = re.compile(rf"(?<!\d:)(?<![\w.,+€$£-])(?:{_GROUPED})(?![\w%°]|[.,:]\d| ?[€$£%°/])", re.IGNORECASE)
_AFTER: Final = re.compile(
    r"""\s*-?\s*(?:k?m|km/h|kms?|miles?|met(?:er|re)s?|feet|kilomet\w*|min\w*|sec\w*|sek\w*|seg\w*|hours?|stunden?|heures?
    |horas?|ore|uhr|days?|tage?n?|jours?|días?|dias?|giorni|weeks?|wochen?|months?|years?|jahre?|kg|kilo\w*|g|grams?|gramm
    |mg|ml|l|lit\w*|kcal|calor\w*|kalor\w*|cal|watts?|bpm|reps?|wiederhol\w*|sets?|rounds?|steps?|schritte?n?|pas|pasos|times?
    |mal|fois|veces|volte|vezes|percent|prozent|words?|wörter|mots|palabras|pages?|seiten?|people|friends?|persons?|customers?
    |clients?|leads?|members?|users?|euros?|dollars?|pounds?|push\w*|squats?|burpees?|points?|punkte?|minut\w*|x)(?![\w])""",
    re.IGNORECASE | re.VERBOSE,
)
_MANY: Final = re.compile(r"\s+(?!always|across|todos|todas|tous|antes)[a-z]{4,}s\b")
"""A plural: "call 100 prospects" is no number to call."""
_YEAR_BEFORE: Final = re.compile(
    r"\b(?:in|by|since|until|till|of|from|year|im|seit|bis|jahr|en|depuis|desde|dal|nel)\s+$", re.IGNORECASE
)
_CALLED_AFTER: Final = re.compile(
    r"^\W{0,3}(?:\w+\W+){0,3}?(?:(?:hot|help|life)-?line|(?:crisis|suicide)\s+line|by\s+phone)\b",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?<!\btel)(?<!\bnr)(?<!\bno)[.!?](?:\s|$)", re.IGNORECASE)
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DATE: Final = re.compile(
    rf"{_DAY}[./-]{_MONTH}[./-](?:\d{{4}}|\d{{2}})|{_MONTH}[./-]{_DAY}[./-](?:\d{{4}}|\d{{2}})|\d{{4}}[./-]{_MONTH}[./-]{_DAY}"
)
_YEARS: Final = re.compile(r"(?:19|20)\d{2}[ /.-]{1,2}(?:19|20)?\d{2}|(?:19|20)\d{2}")
_CLOCK: Final = re.compile(r"\d{1,2}[ ./-]{1,2}\d{1,2}")
"""Also a decimal, a day of a month and a range: two short groups are no telephone number."""
_NUMBER_ALONE: Final = re.compile(r"[+(]?\d[\d()\s./-]*")
_KEYPAD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_FEWEST: Final = 3
_MOST: Final = 15
"""Digits of a telephone number. Source: ITU-T E.164."""


def numbers(text: str) -> tuple[str, ...]:
    """Return the telephone numbers of a `plain` text, in order."""
    found = [match for match in _WRITTEN.finditer(text) if _is_number(match[0])]
    taken = [match.span() for match in found]
    found += [
        match
        for match in _PLAIN.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
        and _is_number(match[0])
        and _is_called(text, match)
    ]
    return tuple(match[0].strip() for match in sorted(found, key=lambda match: match.start()))


def number_key(number: str) -> str:
    """Return what two spellings of one number have in common: its digits, letters as on a keypad, a leading plus."""
    read = re.sub(r"^[a-z]+:", "", number.strip(), flags=re.IGNORECASE).translate(_KEYPAD)
    digits = re.sub(r"\D", "", read)
    if digits.startswith("00"):
        return f"+{digits[2:]}" if len(digits) > 9 else digits
    return f"+{digits}" if read.startswith("+") else digits


def digits_of(text: str) -> set[str]:
    """Return the number that a text consists of, if it is nothing else: a single contact, such as `988`."""
    whole = text.strip()
    return {number_key(whole)} if _NUMBER_ALONE.fullmatch(whole) else set()


def _is_number(written: str) -> bool:
    digits = re.sub(r"\D", "", written.translate(_KEYPAD))
    if not _FEWEST <= len(digits) <= _MOST or digits.endswith("00000"):
        return False
    whole = written.strip()
    if _DATE.fullmatch(whole) or _CLOCK.fullmatch(whole):
        return False
    return not (_YEARS.fullmatch(whole) and len(digits) > len("2026"))


def _is_called(text: str, match: re.Match[str]) -> bool:
    """Return whether the sentence speaks of calling the number, and no unit follows it."""
    if _AFTER.match(text, match.end()) or _MANY.match(text, match.end()):
        return False
    if _YEARS.fullmatch(match[0]) and _YEAR_BEFORE.search(text, 0, match.start()):
        return False
    before = text[max(0, match.start() - _CLOSE) : match.start()]
    sentence = _SENTENCE_END.split(before)[-1]
    return bool(_CALLING.search(sentence) or _CALLED_AFTER.match(text[match.end() : match.end() + _CLOSE]))
