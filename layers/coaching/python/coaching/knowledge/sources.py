"""What became of the documents that old replies cite."""

from collections.abc import Iterable
from dataclasses import dataclass

from coaching.knowledge.ports import KnownDocuments
from coaching.vocabulary import CreatorId, DocumentId, Turn


@dataclass(frozen=True, slots=True)
class FindRemovedSources:
    """Finds which cited documents their creator has deleted since."""

    documents: KnownDocuments

    def __call__(self, creator_id: CreatorId, turns: Iterable[Turn]) -> frozenset[DocumentId]:
        """Return the documents that the turns cite and that are gone, or going."""
        cited = frozenset(citation.document_id for turn in turns for citation in turn.reply.citations)
        return cited - self.documents.known(creator_id, cited) if cited else cited
