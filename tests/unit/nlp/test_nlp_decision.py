"""The cheapest next step: acted on, confirmed by key, asked once more, or handed to a person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.city import City
from config.decision import Costs, IntentKind
from nlp.answers import Ranked, Understanding
from nlp.decision import OFFERED_MOST, decide, share_of_ours

INFORMATION = IntentKind("information", 20.0, confirm_first=False)
REPORT = IntentKind("report", 60.0, confirm_first=False)
TRANSFER = IntentKind("transfer", 150.0, confirm_first=False)
MONEY = IntentKind("money", 300.0, confirm_first=True)
COSTS = Costs(
    press=3.0,
    option=4.0,
    question=12.0,
    person=90.0,
    ours=0.9,
    helps=0.5,
    misheard=0.5,
    kinds={"hours": INFORMATION, "pothole": REPORT, "pay": MONEY},
    other=TRANSFER,
)


def heard(*chances: tuple[str, float], in_scope: float = 0.97, known: bool = True) -> Understanding:
    """Give an understanding with these intents, the likeliest first."""
    ranked = tuple(Ranked(intent, chance) for intent, chance in chances)
    return Understanding("en", 1.0, ranked, (), None, in_scope, known)


def step(understanding: Understanding, **more: float) -> tuple[str, tuple[str, ...]]:
    """Decide; gives the kind and what is offered."""
    decided = decide(
        understanding,
        COSTS,
        rephrased=int(more.get("rephrased", 0)),
        confidence=more.get("confidence"),
    )
    return decided.kind, decided.offered


@pytest.mark.parametrize(
    ("chances", "kind", "offered"),
    [
        ([("pothole", 0.97), ("snow", 0.02)], "act", 1),
        ([("pothole", 0.85), ("snow", 0.05)], "confirm", 1),
        ([("pothole", 0.80), ("snow", 0.16)], "confirm", 2),
        ([("pothole", 0.50), ("snow", 0.25), ("trees", 0.2)], "confirm", 3),
        ([("pothole", 0.15), ("snow", 0.12), ("trees", 0.1)], "confirm", 3),
        ([("pothole", 0.08), ("snow", 0.05), ("trees", 0.04)], "rephrase", 0),
    ],
)
def test_the_surer_the_fewer_questions(
    chances: list[tuple[str, float]], kind: str, offered: int
) -> None:
    assert step(heard(*chances)) == (kind, tuple(name for name, _ in chances[:offered]))


def test_being_wrong_about_information_is_cheap_and_about_a_transfer_dear() -> None:
    kinds = {
        name: step(heard((name, 0.87), ("other", 0.04)))[0] for name in ("hours", "pothole", "rep")
    }
    assert kinds == {"hours": "act", "pothole": "confirm", "rep": "confirm"}
    assert step(heard(("pothole", 0.94), ("other", 0.02)))[0] == "act"
    assert step(heard(("rep", 0.94), ("other", 0.02)))[0] == "confirm"


@pytest.mark.parametrize("chance", [0.4, 0.9, 0.999, 1.0])
def test_money_is_never_acted_on_without_a_key(chance: float) -> None:
    decided = decide(heard(("pay", chance), ("hours", 1 - chance), in_scope=1.0), COSTS)
    assert decided.kind == "confirm"
    assert "act" not in dict(decided.costs)


def test_what_looks_like_none_of_ours_is_not_acted_on() -> None:
    assert step(heard(("hours", 0.999), known=False))[0] == "confirm"


def test_after_one_rephrase_there_is_a_person_and_no_second_one() -> None:
    unclear = heard(("pothole", 0.05), ("snow", 0.03), ("trees", 0.02))
    assert step(unclear) == ("rephrase", ())
    assert step(unclear, rephrased=1) == ("person", ())


def test_words_heard_well_that_are_none_of_ours_go_to_a_person_at_once() -> None:
    foreign = heard(("pothole", 0.05), in_scope=0.02, known=False)
    assert step(foreign)[0] == "rephrase"
    assert step(foreign, confidence=0.1)[0] == "rephrase"
    assert step(foreign, confidence=0.97)[0] == "person"


def test_nothing_heard_at_all_is_asked_again_and_then_a_person() -> None:
    nothing = heard(in_scope=0.0, known=False)
    assert step(nothing) == ("rephrase", ())
    assert step(nothing, rephrased=1) == ("person", ())


def test_the_costs_of_every_allowed_step_are_told_cheapest_first() -> None:
    costs = decide(heard(("pothole", 0.97), ("snow", 0.02)), COSTS).costs
    assert {name for name, _ in costs} == {
        "act", "confirm 1", "confirm 2", "rephrase", "person",
    }  # fmt: skip
    assert [cost for _, cost in costs] == sorted(cost for _, cost in costs)


def test_a_chance_with_both_kinds_alike_is_turned_into_one_among_callers() -> None:
    assert share_of_ours(0.5, 0.9) == pytest.approx(0.9)
    assert share_of_ours(0.0, 0.9) == 0.0
    assert share_of_ours(1.0, 0.9) == 1.0
    assert share_of_ours(0.0, 1.0) == 0.0


chances = st.floats(0, 1, allow_nan=False)


@given(
    st.lists(chances, max_size=6),
    chances,
    st.sampled_from([True, False]),
    st.integers(0, 3),
    st.none() | st.floats(-1, 2),
)
def test_every_decision_is_the_cheapest_and_offers_what_it_may(
    weights: list[float],
    in_scope: float,
    known: bool,  # noqa: FBT001  hypothesis gives it by its place
    rephrased: int,
    confidence: float | None,
) -> None:
    total = sum(weights) or 1.0
    ranked = sorted((weight / total for weight in weights), reverse=True)
    understanding = heard(
        *((f"i{n}", chance) for n, chance in enumerate(ranked)), in_scope=in_scope, known=known
    )
    decided = decide(understanding, COSTS, rephrased=rephrased, confidence=confidence)
    names = tuple(each.intent for each in understanding.intents)
    assert decided.offered == names[: len(decided.offered)]
    assert len(decided.offered) <= OFFERED_MOST
    assert bool(decided.offered) == (decided.kind in {"act", "confirm"})
    assert decided.kind != "act" or (known and len(decided.offered) == 1)
    assert decided.kind != "rephrase" or rephrased == 0
    assert min(cost for _, cost in decided.costs) == decided.costs[0][1] >= 0
    assert dict(decided.costs)["person"] == COSTS.person


def test_every_intent_of_the_city_has_a_kind_and_money_asks_first(city: City) -> None:
    costs = city.decision
    assert set(costs.kinds) == set(city.intents)
    asked = {intent for intent in city.intents if costs.kind(intent).confirm_first}
    assert {"pay my bill", "refund", "stop service", "start service"} <= asked
    assert costs.kind("hours and location").name == "information"
    assert costs.kind("pothole").name == "report"
    assert costs.kind("library").name == "transfer"
    assert costs.kind("an intent of another city") == costs.other


def test_dearer_keys_mean_fewer_of_them() -> None:
    unsure = heard(("pothole", 0.85), ("snow", 0.05))
    assert decide(unsure, COSTS).kind == "confirm"
    assert decide(unsure, replace(COSTS, press=30.0)).kind == "act"
