"""The validator: what may be shown, and that nothing else makes a checked reply."""

import ast
from pathlib import Path

import pytest

import coaching
from coaching.safety.confidence import confidence, retrieval_strength
from coaching.safety.draft import Draft, DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.standards import Standards
from coaching.safety.validation import Rejected, check_citation, check_reply, check_sentence
from coaching.vocabulary import Citation, DocumentId, Place
from tests.conversation.conftest import MISSED, SIZES, found

EVIDENCE = Evidence.of([found(SIZES, 1), found(MISSED, 2)])
EMBER = "An ember takes four minutes."
WELCOME = DraftSentence("You are welcome.", "phrase")


def cited(text: str, *, document: str = "document-1", quote: str = "") -> DraftSentence:
    citation = Citation(1, DocumentId(document), "Guide", quote or text, Place(), 0.9)
    return DraftSentence(text, "quote", citation)


class TestSentences:
    def test_a_quotation_is_shown_with_its_marker(self) -> None:
        assert check_sentence(cited(EMBER), EVIDENCE).text == f"{EMBER} [1]"

    @pytest.mark.parametrize(
        "sentence",
        [
            cited("An ember takes five minutes."),
            cited(EMBER, document="document-2"),
            cited(EMBER, quote="A flame takes twenty minutes."),
            DraftSentence(EMBER, "quote"),
        ],
        ids=["altered", "in another document", "other words cited", "no source"],
    )
    def test_a_quotation_that_does_not_stand_in_its_document_is_refused(self, sentence: DraftSentence) -> None:
        with pytest.raises(Rejected):
            check_sentence(sentence, EVIDENCE)

    def test_a_line_that_the_creator_did_not_approve_is_refused(self) -> None:
        assert check_sentence(WELCOME, EVIDENCE, Standards(approved={"You are welcome."})).text == "You are welcome."
        with pytest.raises(Rejected, match="approved"):
            check_sentence(WELCOME, EVIDENCE, Standards(approved=set()))

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("An ember takes ninety minutes.", "number"),
            ("Cold showers cure laziness.", "claim"),
            ("Please call 0800 111 0 111 today.", "number"),
            ("Look at https://example.org/embers to see how an ember takes four minutes.", "address"),
            ("An ember takes four minutes [3].", "marker"),
            ("An ember takes\x1b four minutes.", "control"),
            ("  ", "empty"),
        ],
    )
    def test_generated_words_are_refused_with_the_reason(self, text: str, reason: str) -> None:
        with pytest.raises(Rejected, match=reason):
            check_sentence(DraftSentence(text, "generated"), EVIDENCE)

    def test_a_number_of_the_registry_is_no_foreign_one(self) -> None:
        text = "Write to help@example.org about how an ember takes four minutes."
        known = Standards(contacts=("help@example.org",))
        with pytest.raises(Rejected, match="address"):
            check_sentence(DraftSentence(text, "generated"), EVIDENCE)
        with pytest.raises(Rejected) as refused:
            check_sentence(DraftSentence(text, "generated"), EVIDENCE, known)
        assert not any("address" in reason for reason in refused.value.reasons)

    def test_a_citation_is_added_to_the_words_that_were_checked_and_to_no_others(self) -> None:
        plain = DraftSentence(EMBER, "generated")
        checked = check_sentence(plain, EVIDENCE)
        with_source = DraftSentence(EMBER, "generated", cited(EMBER).citation)
        assert check_citation(checked, with_source, EVIDENCE).text == f"{EMBER} [1]"
        with pytest.raises(Rejected, match="other words"):
            check_citation(checked, DraftSentence("Pigs fly.", "generated", cited(EMBER).citation), EVIDENCE)

    def test_a_creators_words_are_no_cheer_for_a_harmful_plan(self) -> None:
        line = DraftSentence("Good idea!", "phrase")
        fine, harmful = "I will start tomorrow", "I will stop taking my antidepressants"
        assert check_sentence(line, EVIDENCE, Standards(said=fine, approved={"Good idea!"})).text == "Good idea!"
        with pytest.raises(Rejected, match="harmful plan"):
            check_sentence(line, EVIDENCE, Standards(said=harmful, approved={"Good idea!"}))

    def test_reasons_carry_none_of_the_words(self) -> None:
        with pytest.raises(Rejected) as refused:
            check_sentence(DraftSentence("Xylophones cure laziness in 3 days.", "generated"), EVIDENCE)
        assert "ylophone" not in str(refused.value)

    def test_words_cannot_hide_in_the_white_space_before_a_sentence(self) -> None:
        with pytest.raises(Rejected):
            check_sentence(DraftSentence(EMBER, "generated", lead=" Cold showers cure laziness. "), EVIDENCE)


class TestReplies:
    def test_a_quote_reply_has_its_citations_in_order(self) -> None:
        reply = check_reply(Draft("quote", (cited(EMBER),), "composer"), EVIDENCE)
        assert (reply.kind, reply.text, reply.grounded) == ("quote", f"{EMBER} [1]", True)
        assert [citation.marker for citation in reply.citations] == [1]

    def test_one_bad_sentence_refuses_the_reply(self) -> None:
        with pytest.raises(Rejected):
            check_reply(Draft("answer", (cited(EMBER), DraftSentence("Pigs fly.", "generated")), "m"), EVIDENCE)

    def test_what_passed_sentence_by_sentence_makes_the_same_reply(self) -> None:
        draft = Draft("answer", (cited(EMBER), DraftSentence(EMBER, "generated", lead=" ")), "m")
        passed = [check_sentence(sentence, EVIDENCE) for sentence in draft.sentences]
        assert check_reply(draft, EVIDENCE, passed=passed) == check_reply(draft, EVIDENCE)

    def test_words_that_did_not_pass_are_refused_beside_those_that_did(self) -> None:
        passed = [check_sentence(cited(EMBER), EVIDENCE)]
        for sentences in (
            (cited(EMBER), DraftSentence("Pigs fly.", "generated")),
            (),
            (DraftSentence(EMBER, "quote"),),
        ):
            with pytest.raises(Rejected, match="other words"):
                check_reply(Draft("quote", sentences, "composer"), EVIDENCE, passed=passed)

    def test_a_reply_of_which_too_much_was_left_out_is_refused(self) -> None:
        sentence = DraftSentence(EMBER, "generated")
        assert check_reply(Draft("answer", (sentence,), "m", withheld=0), EVIDENCE).kind == "answer"
        with pytest.raises(Rejected, match="too many"):
            check_reply(Draft("answer", (sentence,), "m", withheld=1), EVIDENCE)

    def test_small_talk_that_is_left_of_a_refused_answer_is_refused_too(self) -> None:
        with pytest.raises(Rejected, match="too many"):
            check_reply(Draft("answer", (DraftSentence("Hello!", "generated"),), "m", withheld=1), EVIDENCE)

    def test_an_empty_reply_is_refused(self) -> None:
        with pytest.raises(Rejected, match="nothing"):
            check_reply(Draft("answer", (), "m"), EVIDENCE)

    def test_an_abstention_claims_nothing(self) -> None:
        with pytest.raises(Rejected, match="abstain"):
            check_reply(Draft("abstain", (cited(EMBER),), "composer"), EVIDENCE)

    def test_a_quote_reply_has_no_generated_words(self) -> None:
        with pytest.raises(Rejected, match="generated"):
            check_reply(Draft("quote", (DraftSentence(EMBER, "generated"),), "composer"), EVIDENCE)


class TestConfidence:
    def test_is_0_for_what_claims_nothing_of_the_material(self) -> None:
        assert confidence("abstain", retrieval=1, groundedness=1, claims=0, cited=0) == 0
        assert confidence("apology", retrieval=1, groundedness=1, claims=0, cited=0) == 0

    def test_is_1_for_small_talk(self) -> None:
        assert confidence("answer", retrieval=0, groundedness=1, claims=0, cited=0) == 1

    def test_one_missing_part_makes_it_0_and_all_parts_make_it_1(self) -> None:
        assert confidence("answer", retrieval=1, groundedness=1, claims=3, cited=3) == 1
        assert confidence("answer", retrieval=1, groundedness=1, claims=3, cited=0) == 0
        assert confidence("answer", retrieval=0, groundedness=1, claims=3, cited=3) == 0

    def test_grows_with_each_part(self) -> None:
        low = confidence("answer", retrieval=0.5, groundedness=0.6, claims=2, cited=1)
        assert low < confidence("answer", retrieval=0.9, groundedness=0.6, claims=2, cited=1) < 1
        assert low < confidence("answer", retrieval=0.5, groundedness=0.9, claims=2, cited=1) < 1
        assert low < confidence("answer", retrieval=0.5, groundedness=0.6, claims=2, cited=2) < 1

    def test_retrieval_strength_runs_from_unrelated_to_the_same_words(self) -> None:
        assert retrieval_strength([]) == 0
        assert retrieval_strength([found("x", cosine=0.1)]) == 0
        assert retrieval_strength([found("x", cosine=0.1), found("x", cosine=0.9)]) == 1
        assert 0 < retrieval_strength([found("x", cosine=0.4)]) < 1


def test_only_the_safety_package_makes_checked_replies_and_sentences() -> None:
    package = Path(coaching.__file__ or "").parent
    makers = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _called(node.func) in ("CheckedReply", "CheckedSentence")
    }
    assert makers == {"safety"}


def test_a_checked_reply_is_not_made_by_changing_another() -> None:
    package = Path(coaching.__file__ or "").parent
    for path in package.rglob("*.py"):
        if path.relative_to(package).parts[0] == "safety":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node.func) == "replace" and node.args:
                assert "reply" not in ast.unparse(node.args[0]).lower(), f"{path}:{node.lineno}"


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
