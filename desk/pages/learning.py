"""What the line may learn: phrases proposed at wrap-up, the model in service, the next training."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from desk import forms, here
from desk.forms import NotFilled
from desk.render import page
from desk.routes import Routes
from desk.taught import board
from desk.understood import intent_name, is_an_emergency
from learning import review, trainings
from learning.review import Review
from learning.tables import PhraseCandidate
from learning.wording import LONGEST, plain
from people import audit

routes = Routes()
ID_MOST = 2**63 - 1


@routes.get("/learning", least="supervisor")
def learning() -> ResponseReturnValue:
    """Show what waits for review and how the model does."""
    return show()


@routes.post("/learning/phrases/<candidate>/accept", least="supervisor")
def accept_phrase(candidate: str) -> ResponseReturnValue:
    """Accept a phrase in the wording typed; the next training learns it."""
    found, wording = candidate_or_404(candidate), read_wording()
    looked = Review(found.id, here.rep().id, here.now())
    if not here.run(lambda db: review.accept(db, looked, wording)):
        return back(here.t("learning.was_reviewed"))
    return back(here.t("learning.accepted", intent=intent_name(found.intent)), found.id)


@routes.post("/learning/phrases/<candidate>/refuse", least="supervisor")
def refuse_phrase(candidate: str) -> ResponseReturnValue:
    """Refuse a phrase; it is not proposed again."""
    found = candidate_or_404(candidate)
    looked = Review(found.id, here.rep().id, here.now())
    if not here.run(lambda db: review.refuse(db, looked)):
        return back(here.t("learning.was_reviewed"))
    return back(here.t("learning.refused"), found.id)


@routes.post("/learning/phrases/<candidate>/put-back", least="supervisor")
def put_back_phrase(candidate: str) -> ResponseReturnValue:
    """Let a phrase wait for review again."""
    found = candidate_or_404(candidate)
    here.run(lambda db: review.put_back(db, found.id))
    return back(here.t("learning.put_back"))


@routes.post("/learning/train", least="supervisor")
def train_now() -> ResponseReturnValue:
    """Ask for a training; while one is under way, that is the one."""
    rep, now = here.rep(), here.now()
    asked = here.run(lambda db: trainings.ask(db, rep.id, now))
    detail = {"training": asked}
    here.run(lambda db: audit.record(db, rep.username, "training asked for", detail))
    return back(here.t("learning.asked"))


def candidate_or_404(written: str) -> PhraseCandidate:
    """Find a candidate by what an address says."""
    known = written.isascii() and written.isdigit() and int(written[:20]) <= ID_MOST
    found = here.run(lambda db: review.find(db, int(written))) if known else None
    if found is None:
        abort(404)
    return found


def read_wording() -> str:
    """Read the wording; raises NotFilled for one that may not be learnt."""
    wording = forms.words("wording", LONGEST)
    if not plain(wording):
        raise NotFilled("wording", "learning.nothing_left")
    if is_an_emergency(wording):
        raise NotFilled("wording", "learning.emergency")
    return wording


def back(words: str, candidate: int | None = None) -> ResponseReturnValue:
    """Go back to the page, saying what was done and how to undo it."""
    here.say(words, "put_back_phrase" if candidate else "", str(candidate or ""))
    return redirect(url_for("desk.learning"), 303)


def show(problem: str = "", field: str = "", candidate: str = "") -> str:
    """Render the page; after a refused form, with the problem beside the phrase it is about."""
    return page(
        "learning.html",
        room="learning",
        board=board(),
        longest=LONGEST,
        problem=problem,
        field=field,
        about=candidate,
        typed=request.form,
    )
