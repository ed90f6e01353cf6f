"""What a person is told who has just started the system: lines to copy and paste."""

from collections.abc import Mapping
from pathlib import Path

from coaching.vocabulary import Role

_TEXT = r"""
One ID token per role, valid for an hour (another: .venv/bin/python -m local token --help):
<tokens>

Ask, after pasting the lines above:
  URL=<url>
  CONVERSATION=$(curl -sS -X POST $URL/v1/conversations -H "Authorization: Bearer $USER_TOKEN" \
    -H 'Content-Type: application/json' -d '{}' | sed 's/.*"conversation_id":"\([^"]*\)".*/\1/')
  curl -sS -X POST $URL/v1/conversations/$CONVERSATION/messages -H "Authorization: Bearer $USER_TOKEN" \
    -H 'Content-Type: application/json' -d '{"text": "My week is crowded. How much should I practise?"}'

The same as a stream:
  curl -sSN -X POST $URL/v1/conversations/$CONVERSATION/messages -H "Authorization: Bearer $USER_TOKEN" \
    -H 'Accept: text/event-stream' \
    -H 'Content-Type: application/json' -d '{"text": "How long should a session be?"}'

Upload a file (yours instead of this one), and see what became of it:
  FILE=events/notes.md
  UPLOAD=$(curl -sS -X POST $URL/v1/documents -H "Authorization: Bearer $CREATOR_TOKEN" \
    -H 'Content-Type: application/json' \
    -d "{\"name\": \"$(basename $FILE)\", \"content_type\": \"text/markdown\", \"size_bytes\": $(wc -c < $FILE)}" \
    | sed 's/.*"url":"\([^"]*\)".*/\1/')
  curl -sS -T $FILE -H 'Content-Type: text/markdown' "$UPLOAD"
  curl -sS "$URL/v1/documents?limit=1" -H "Authorization: Bearer $CREATOR_TOKEN"

See who needs a human, as a human coach, and what would have been sent to coaches by e-mail and SMS:
  curl -sS $URL/v1/escalations -H "Authorization: Bearer $COACH_TOKEN"
  .venv/bin/python -m local outbox
The functions' logs: <log_file>
"""


def instructions(url: str, tokens: Mapping[Role, str], log_file: Path) -> str:
    """Return the text. The variables of the tokens are named after the roles."""
    lines = "\n".join(f"  {role.upper()}_TOKEN={token}" for role, token in tokens.items())
    return _TEXT.replace("<tokens>", lines).replace("<url>", url).replace("<log_file>", str(log_file))
