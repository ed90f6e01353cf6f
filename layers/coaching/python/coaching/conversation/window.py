"""How much of a conversation a prompt carries: the last 10 exchanges, dropped in blocks.

Dropping one exchange per turn would change the prompt's beginning every time. The window grows from 10 to 14 exchanges
instead and then loses 5 at once, so that the beginning stays the same for five turns.
"""

from coaching.vocabulary import Turn

KEPT = 10
"""The least number of exchanges in the window, once there are as many."""
BLOCK = 5
MOST = KEPT + BLOCK - 1
"""The most exchanges that a window can hold: how many turns to read."""


def exchanges_kept(turns: int) -> int:
    """Return how many of the last exchanges belong into the prompt, given the number of turns so far."""
    if turns <= MOST:
        return turns
    return KEPT + (turns - KEPT) % BLOCK


def coached(turn: Turn) -> bool:
    """Return whether coaching builds on a turn: not on one in which danger was seen or answered, or a human spoke.

    What was said there is between the user and people.
    """
    return turn.danger is None and turn.reply.kind not in ("crisis", "human")
