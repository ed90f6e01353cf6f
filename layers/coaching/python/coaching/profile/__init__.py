"""Who teaches and who learns: creators, user profiles, goals."""
