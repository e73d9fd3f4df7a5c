"""What to look at on the page, with the addresses."""

from urllib.parse import quote

from runstone.demo import digits, tumours
from runstone.demo.training import Trained


def sentences(address: str, trained: Trained) -> list[str]:
    """Three sentences, each with an address of the page.

    Args:
        address: Address of the server.
        trained: What was trained.
    """
    digit_runs = f"{address}/experiments/{trained.experiments[digits.EXPERIMENT]}"
    tumour_runs = f"{address}/experiments/{trained.experiments[tumours.EXPERIMENT]}"
    best = trained.best(digits.EXPERIMENT, "validation_accuracy")
    picture = f"{digit_runs}/runs/{best.run_id}?tab=artifacts&path={quote(digits.MISREAD)}"
    return [
        f"The learning rate shapes the curves of the digit networks: {digit_runs}?view=charts",
        f"These digits the best of them, {best.name!r}, misreads: {picture}",
        f"The breast cancer models, the best at the top: {tumour_runs}?sort=-metrics.roc_auc",
    ]
