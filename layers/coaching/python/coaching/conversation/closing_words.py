"""What is said where words that were shown cannot be withdrawn: that they do not count, or that more was to come."""

from typing import Final

TAKEN_BACK: Final = {
    "en": "Please disregard what stands above: it could not be kept up. The reply that counts is this one.",
    "cs": "Na to, co stojí výše, prosím neberte ohled: nedalo se to potvrdit. Platí tato odpověď.",
    "da": "Se venligst bort fra det ovenstående: det kunne ikke fastholdes. Det er dette svar, der gælder.",
    "de": "Bitte beachte nicht, was oben steht: Es ließ sich nicht aufrechterhalten. Es gilt diese Antwort.",
    "es": "No tengas en cuenta lo anterior, por favor: no se pudo mantener. La respuesta válida es esta.",
    "fi": "Jätä yllä oleva huomiotta: sitä ei voitu vahvistaa. Voimassa on tämä vastaus.",
    "fr": "Merci de ne pas tenir compte de ce qui précède : cela n'a pas pu être confirmé. Seule cette réponse vaut.",
    "it": "Non tenere conto di quanto scritto sopra: non ha potuto essere confermato. Vale questa risposta.",
    "nb": "Se bort fra det som står over: det kunne ikke opprettholdes. Det er dette svaret som gjelder.",
    "nl": "Let niet op wat hierboven staat: het kon niet worden bevestigd. Dit antwoord telt.",
    "pl": "Proszę nie brać pod uwagę tego, co powyżej: nie udało się tego potwierdzić. Liczy się ta odpowiedź.",
    "pt": "Não considere o que está acima, por favor: não pôde ser mantido. A resposta que vale é esta.",
    "sv": "Bortse från det som står ovan: det kunde inte bekräftas. Det är det här svaret som gäller.",
    "tr": "Lütfen yukarıda yazanı dikkate almayın: doğrulanamadı. Geçerli olan yanıt budur.",
}
"""By language (ISO 639-1): before the reply that stands instead of the one above."""
BROKEN_OFF: Final = {
    "en": "The reply broke off here and is not complete. Ask again in a moment.",
    "cs": "Odpověď se zde přerušila a není úplná. Zeptejte se za chvíli znovu.",
    "da": "Svaret blev afbrudt her og er ikke fuldstændigt. Spørg igen om et øjeblik.",
    "de": "Die Antwort bricht hier ab und ist nicht vollständig. Frag gleich noch einmal.",
    "es": "La respuesta se interrumpió aquí y no está completa. Vuelve a preguntar en un momento.",
    "fi": "Vastaus katkesi tähän eikä ole täydellinen. Kysy hetken kuluttua uudelleen.",
    "fr": "La réponse s'est interrompue ici et n'est pas complète. Redemande dans un instant.",
    "it": "La risposta si è interrotta qui e non è completa. Chiedi di nuovo tra un momento.",
    "nb": "Svaret ble brutt av her og er ikke fullstendig. Spør igjen om et øyeblikk.",
    "nl": "Het antwoord brak hier af en is niet volledig. Vraag het zo meteen opnieuw.",
    "pl": "Odpowiedź została tu przerwana i nie jest pełna. Zapytaj ponownie za chwilę.",
    "pt": "A resposta foi interrompida aqui e não está completa. Pergunte novamente daqui a pouco.",
    "sv": "Svaret bröts här och är inte fullständigt. Fråga igen om en stund.",
    "tr": "Yanıt burada kesildi ve tamamlanmadı. Birazdan yeniden sorun.",
}
"""By language (ISO 639-1): after a reply that broke off."""
