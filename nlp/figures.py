"""How good a ranking is: accuracy, calibration, and telling what is in scope from what is not."""

import numpy as np

from nlp.features import Numbers, Places

BINS = 15


def ranking_figures(probabilities: Numbers, truth: Numbers | Places) -> dict[str, float]:
    """top1, top3 (shares) and ece of rows of probabilities against label numbers."""
    if not len(truth):
        return {"rows": 0.0}
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    right = order[:, 0] == truth
    among_three = (order[:, :3] == truth[:, None]).any(axis=-1)
    return {
        "rows": float(len(truth)),
        "top1": float(right.mean()),
        "top3": float(among_three.mean()),
        "ece": calibration_error(probabilities.max(axis=-1), right),
    }


def calibration_error(confidences: Numbers, right: Numbers) -> float:
    """Compute the expected calibration error over 15 bins of equal width."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [
        abs(confidences[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean()
        for each in np.unique(bins)
    ]
    return float(sum(gaps))


def scope_figures(inside: Numbers, outside: Numbers, budget: float) -> dict[str, float]:
    """Compute the share of `outside` below the quantile `budget` of `inside`, and the AUROC."""
    threshold = float(np.quantile(inside, budget))
    above = inside[:, None] > outside[None, :]
    level = inside[:, None] == outside[None, :]
    auroc = float((above + 0.5 * level).mean())
    return {"oos_recall": float((outside < threshold).mean()), "oos_auroc": auroc}
