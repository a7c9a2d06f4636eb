"""How well personal data is found, and how fast: the tables of `privacy_quality`, `privacy_speed` and `privacy_roster`.

Quality is measured on labelled prose (presidio-research's synth_v2) and on real logs (loghub); both are read from
`shared/data` beside the repository, or from the folder in EDUSCOPE_TEST_DATA. What is absent is left out.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.budgets import Budgets
from bench.labelled_texts import data_folder
from bench.privacy_quality import print_quality
from bench.privacy_roster import print_roster
from bench.privacy_speed import print_batches, print_gate, print_inspection, print_messages, print_sdk_check


def main() -> int:
    """Prints every table; the number of budgets that were missed is the exit status."""
    budgets = Budgets()
    data = data_folder()
    if data is None:
        print("no test data: put it in shared/data beside the repository, or name it in EDUSCOPE_TEST_DATA")
    else:
        print_quality(data, budgets)
    print_messages()
    print_gate(budgets)
    print_batches(data, budgets)
    print_inspection(budgets)
    print_sdk_check(data, budgets)
    print_roster(budgets)
    print(f"budgets missed: {budgets.missed}")
    return budgets.missed


if __name__ == "__main__":
    sys.exit(main())
