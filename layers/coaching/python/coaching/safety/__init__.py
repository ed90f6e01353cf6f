"""What decides whether a reply may be shown: groundedness and the only maker of a CheckedReply."""
