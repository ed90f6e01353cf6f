"""The same job with LangChain and Chroma, as their documentation shows it: model and embedder answer at once.

Retrieval is the documented hybrid (EnsembleRetriever over Chroma and BM25Retriever, weights .7 and .3, k = 5), the
creator is a metadata filter, the prompt holds instructions, context, history and message, and the history is kept by
RunnableWithMessageHistory.
"""

import logging
import warnings
from collections.abc import Callable, Sequence

warnings.simplefilter("ignore")
logging.captureWarnings(capture=True)

from langchain_chroma import Chroma  # noqa: E402 - their packages warn when imported
from langchain_classic.retrievers import EnsembleRetriever  # noqa: E402
from langchain_community.retrievers import BM25Retriever  # noqa: E402
from langchain_core.chat_history import InMemoryChatMessageHistory  # noqa: E402
from langchain_core.documents import Document  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_core.language_models import BaseChatModel, FakeListChatModel  # noqa: E402
from langchain_core.output_parsers import StrOutputParser  # noqa: E402
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder  # noqa: E402
from langchain_core.runnables import RunnableLambda, RunnablePassthrough  # noqa: E402
from langchain_core.runnables.history import RunnableWithMessageHistory  # noqa: E402

from coaching.adapters.embedding.hashing import HashEmbedder  # noqa: E402

_INSTRUCTIONS = (
    "You are the coach of Demo. Expertise: running. Methodology: slowly. Style: warm.\n"
    "Answer as the creator would, use the retrieved knowledge, adapt to the user, look for chances to grow, "
    "encourage, and move toward the stated goals.\n\nContext:\n{context}"
)
_BATCH = 5_000


class InstantEmbeddings(Embeddings):  # type: ignore[misc]  # their package is installed for benchmarks only
    """The same instant embedder that our side uses."""

    def __init__(self) -> None:
        self._embedder = HashEmbedder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, row)) for row in self._embedder.embed(texts, "passage")]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._embedder.embed([text], "query")[0]))


def asker(texts: Sequence[str], answer: str) -> Callable[[str], str]:
    """Return a function that asks one question in one conversation, with model and embedder in this process."""
    return _asker(texts, InstantEmbeddings(), FakeListChatModel(responses=[answer]))


def remote_asker(texts: Sequence[str], base_url: str) -> Callable[[str], str]:
    """Return the same with model and embedder behind an OpenAI-compatible server, as the documentation begins."""
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    # Counting tokens first would fetch a tokenizer.
    embeddings = OpenAIEmbeddings(base_url=base_url, api_key="none", check_embedding_ctx_length=False)
    return _asker(texts, embeddings, ChatOpenAI(base_url=base_url, api_key="none", model="instant"))


def _asker(texts: Sequence[str], embeddings: Embeddings, model: BaseChatModel) -> Callable[[str], str]:
    documents = [Document(page_content=text, metadata={"creator_id": "demo", "title": "Guide"}) for text in texts]
    chroma = Chroma(embedding_function=embeddings, collection_metadata={"hnsw:space": "cosine"})
    for start in range(0, len(documents), _BATCH):
        chroma.add_documents(documents[start : start + _BATCH])
    dense = chroma.as_retriever(search_kwargs={"k": 5, "filter": {"creator_id": "demo"}})
    retriever = EnsembleRetriever(retrievers=[dense, BM25Retriever.from_documents(documents, k=5)], weights=[0.7, 0.3])
    prompt = ChatPromptTemplate.from_messages(
        [("system", _INSTRUCTIONS), MessagesPlaceholder("history"), ("human", "{question}")]
    )
    context = RunnableLambda(lambda asked: asked["question"]) | retriever | _joined
    chain = RunnablePassthrough.assign(context=context) | prompt | model | StrOutputParser()
    histories: dict[str, InMemoryChatMessageHistory] = {}
    talking = RunnableWithMessageHistory(
        chain,
        lambda session: histories.setdefault(session, InMemoryChatMessageHistory()),
        input_messages_key="question",
        history_messages_key="history",
    )
    return lambda question: talking.invoke(
        {"question": question}, config={"configurable": {"session_id": "conversation-1"}}
    )


def _joined(documents: list[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents[:5])
