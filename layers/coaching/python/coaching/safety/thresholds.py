"""Where a check says no. Every threshold of the checks stands here with its reason."""

SENTENCE_SUPPORT = 0.5
"""Least support (0..1, `coaching.safety.support`) of a sentence that claims something.

It is a probability for which supported and unsupported replies were weighed evenly. Of the pairs in
`tests/safety/pairs.py`, faithful rewordings lie above 0.75 and inventions below 0.05, but for those that change a
number, which the comparison of numbers refuses.
"""

WINDOW = 32
"""Content words of a passage that a sentence may draw on at once: about three sentences. Over a whole passage the
words of an invention are found scattered too easily."""

NUMBER_REACH = 4
"""Content words on each side of a number that tell what it counts."""

NUMBER_CONTEXT = 0.6
"""Least share of a number's neighbours (those that the evidence knows at all) that stand around it in the evidence
too. Above one half, so that "an ember takes twenty minutes" does not pass where only "a flame takes twenty" stands."""

CLAIMS_SUPPORTED = 0.6
"""Least share of a reply's claims with support. Single claims without support are left out of a reply; where more than
two of five would be, what is left no longer says what was meant."""

SMALL_TALK_WORDS = 24
"""A longer sentence is never taken for small talk."""

RETRIEVAL_FLOOR, RETRIEVAL_CEILING = 0.15, 0.65
"""Cosines of MiniLM between a question and a passage: unrelated text stays under the floor, a passage that answers the
question in its own words reaches the ceiling. Retrieval strength runs from 0 to 1 between them."""

MINOR_SUPPORT = 0.65
"""Least support of a sentence that is said to somebody under age."""

CREATORS_OWN = 0.75
"""Support from which a model's sentence says what the creator teaches, as a quotation does. The rules of the content
filter judge it, doses and diagnoses among them. Its trained heads do not: they know nothing of the creator's field and
take "on tired days you take the ember" for a prescription."""
