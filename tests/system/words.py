"""Words that must never reach a log."""

USER_WORDS = "my secret zebra worries about marmalade"
CREATOR_WORDS = "the confidential walrus exercise"
