"""What an override, a new role and a hidden prompt are called in other languages than English."""

from typing import Final

_FOREIGN_CANCEL = (
    r"(?:ignorier\w*|vergiss\w*|vergessen sie|missacht\w*|abweichend zu|hinter (?:dir|sich|ihnen)|olvida\w*|"
    r"ignora\w*|ignorez?|oubli(?:e|ez|er)\b|"
    r"dimentica\w*|esque[cç]a\w*|desconsidere|negeer\w*|vergeet\w*|игнорир\w*|забуд\w*|zignoruj\w*|zapomnij\w*|"
    r"yok say\w*|unut\w*|"
    r"忽略|无视|忘记|無視|忘れ|무시|잊|تجاهل|انس|अनदेखा|भूल|zaboravi\w*|zanemari\w*|bỏ qua|glem\b|ignorera\w*|glöm\w*|"
    r"tienes que olvidar)"
)
_FOREIGN_ORDERS = (
    r"(?:anweisung\w*|befehl\w*|instruktion\w*|regeln|vorgaben|aufgaben|informationen|gesagt\w*|gesagte|davor|"
    r"vorher\w*|vorangehend\w*|bisherig\w*|obig\w*|"
    r"instruc\w*|[oó]rdenes|reglas?|regras|anterior\w*|arriba|mensaje|prompt\w*|system\w*|consignes?|"
    r"pr[eé]c[eé]dent\w*|règles|"
    r"istruzioni|regole|instructies|opdracht\w*|hierboven|eerder\w*|инструкц\w*|указани\w*|правил\w*|"
    r"предыдущ\w*|говорили|ограничени\w*|промпт\w*|"
    r"polece\w*|instrukcj\w*|poprzedni\w*|talimat\w*|指令|指示|说明|提示|系统|システム|지시|시스템|تعليمات|निर्देश\w*|सिस्टम|"
    r"upute|instrukcije|hướng dẫn|"
    r"instruksjon\w*|instruktion\w*|todo (?:lo )?que)"
)
_FOREIGN_PERSONA = (
    r"(?:(?:ab jetzt|von nun an|ab sofort) bist du|du bist (?:jetzt|nun|ab)\b|du bist \w+ (?:online|gpt)|tu so,? als|"
    r"a partir de (?:ahora|agora) (?:eres|você|voce)|eres ahora|tu es (?:désormais|maintenant)|da (?:adesso|"
    r"ora) (?:in poi )?sei|"
    r"doe alsof|你现在是|从现在开始你|あなたは今から|nun (?:zu|folgen) (?:einer|weitere)|neue[nr]? aufgabe|"
    r"отвечай без|ohne (?:regeln|filter)|sin restricciones|sans (?:limites|règles)|senza regole)"
)

FOREIGN: Final[dict[str, str]] = {
    "foreign cancel": rf"\b{_FOREIGN_CANCEL}|(?:忽略|无视|無視|무시|تجاهل|अनदेखा)",
    "foreign orders cancelled": (
        rf"{_FOREIGN_CANCEL}.{{0,60}}{_FOREIGN_ORDERS}|{_FOREIGN_ORDERS}.{{0,60}}(?:{_FOREIGN_CANCEL})"
    ),
    "foreign persona": _FOREIGN_PERSONA,
    "foreign prompt": (
        r"\b(?:systemprompt|system-?nachricht|mensaje de sistema|prompt di sistema|системный промпт|"
        r"системн\w+|системa|passwort|wachtwoord|consigne de départ)|系统提示|システムプロンプト|시스템 프롬프트|"
        r"सिस्टम प्रॉम्प्ट|"
        r"sistem mesaj|lời nhắc hệ thống|текст(?:ы|а)? вашей инструкции|(?:deiner|ihrer) (?:anweisungen|"
        r"instruktionen)|alle texte"
    ),
}
"""Regular expressions over plain text, by the sign that they read."""
