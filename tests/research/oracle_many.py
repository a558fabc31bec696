"""Hold the backtest against the oracle on many cases: `python -m tests.research.oracle_many 3000 [FIRST_SEED]`."""

import random
import sys
from collections import Counter

from tests.research.agreement import differences, shrunk
from tests.research.random_cases import make_case


def main(count: int, first: int) -> int:
    seen: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + count):
        case = make_case(random.Random(seed))
        found = differences(case, seen)
        if found:
            wrong += 1
            small = shrunk(case)
            print(f"seed {seed}: {len(small.bars)} candles\n{small.settings}\n{small.rules}")
            print("\n".join(f"  {bar.at // 60000 - 28333333} {bar[1:]}" for bar in small.bars).replace("Decimal", ""))
            print("\n".join(differences(small)), "\n")
    print(f"{count} cases, {wrong} disagreements; {dict(seen)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
