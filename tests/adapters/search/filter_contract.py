"""What every passage store promises about metadata filters: both legs obey, and the types count."""

import math

import pytest

from coaching.knowledge.filters import Equals, Filter, In, Range
from coaching.vocabulary import Scalar
from tests.adapters.search.samples import Store, look, passage, put, texts

ODD = ["$where", "a.b", 'say "hi"', "it's", "ü✓習慣", "", " ", "x" * 40_000, "a\\b", "*", "[1 TO 2]", "a=b"]


class FilterContract:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            (Equals("n", 3), {"int", "float"}),
            (Equals("n", 3.0), {"int", "float"}),
            (Equals("n", "3"), {"text"}),
            (Equals("n", 1), {"one"}),
            (Equals("n", True), {"true"}),
            (Equals("n", "true"), set()),
            (Equals("m", 3), set()),
            (In("n", (1, "3")), {"one", "text"}),
            (In("n", (True, 2.5)), {"true", "half"}),
            (In("n", ()), set()),
            (Range("n", gte=1, lte=3), {"int", "float", "one", "half"}),
            (Range("n", gte=2.5), {"int", "float", "half", "big"}),
            (Range("n", lte=2.499), {"one"}),
            (Range("n"), {"int", "float", "one", "half", "big"}),
            (Range("n", gte=4, lte=3), set()),
            (Range("n", gte=-math.inf, lte=1e300), {"int", "float", "one", "half", "big"}),
            (Range("n", gte=math.inf), set()),
            (Range("n", lte=math.nan), set()),
            (Range("m", gte=0), set()),
        ],
        ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
    )
    def test_keeps_the_types_of_values_apart(self, store: Store, condition: Filter, expected: set[str]) -> None:
        values: dict[str, Scalar] = {
            "int": 3,
            "float": 3.0,
            "text": "3",
            "one": 1,
            "true": True,
            "half": 2.5,
            "big": 10**15,
        }
        put(
            store,
            [
                passage(text, number=number, metadata={"n": value})
                for number, (text, value) in enumerate(values.items())
            ],
        )
        assert texts(look(store, text=" ".join(values), filters=(condition,))) == expected

    def test_takes_odd_fields_and_values_as_they_are(self, store: Store) -> None:
        items = [passage(f"odd {number}", number=number, metadata={odd: odd}) for number, odd in enumerate(ODD)]
        put(store, items)
        for number, odd in enumerate(ODD):
            assert texts(look(store, text="odd", filters=(Equals(odd, odd),))) == {f"odd {number}"}
            assert texts(look(store, text="odd", filters=(Equals("field", odd),))) == set()

    def test_takes_a_thousand_values(self, store: Store) -> None:
        put(store, [passage(f"odd {number}", number=number, metadata={"n": number}) for number in range(40)])
        many: tuple[Scalar, ...] = (*range(1_000, 1_998), 7, "8")
        assert texts(look(store, text="odd", filters=(In("n", many),))) == {"odd 7"}

    def test_takes_a_hundred_thousand_values(self, store: Store) -> None:
        put(store, [passage(f"odd {number}", number=number, metadata={"n": number}) for number in range(3)])
        many: tuple[Scalar, ...] = (*range(1_000, 101_000), 2)
        assert texts(look(store, text="odd", filters=(In("n", many),))) == {"odd 2"}

    def test_wants_every_filter_to_hold(self, store: Store) -> None:
        topics = ["sleep", "sleep", "food"]
        put(
            store,
            [
                passage(f"odd {number}", number=number, metadata={"topic": topic, "year": 2020 + number})
                for number, topic in enumerate(topics)
            ],
        )
        filters = (Equals("topic", "sleep"), Range("year", gte=2021), In("year", (2020, 2021, 2022)))
        assert texts(look(store, text="odd", filters=filters)) == {"odd 1"}

    def test_does_not_mix_the_number_of_one_field_with_the_bounds_of_another(self, store: Store) -> None:
        put(store, [passage("odd", metadata={"year": 2020, "page": 3})])
        assert texts(look(store, text="odd", filters=(Range("year", lte=100),))) == set()
        assert texts(look(store, text="odd", filters=(Range("page", lte=100),))) == {"odd"}

    def test_finds_the_few_that_a_filter_leaves_however_far_they_are(self, store: Store) -> None:
        put(
            store,
            [passage(f"odd {number}", number=number, metadata={"rare": number == 299}) for number in range(300)],
        )
        found = look(store, text="odd", limit=5, filters=(Equals("rare", True),))
        assert [hit.passage.text for hit in found.dense] == ["odd 299"]
        assert [hit.passage.text for hit in found.lexical] == ["odd 299"]
