#!/usr/bin/env python3
"""Random BPMN models on a real server, judged after every step by an oracle that shares nothing with it. See README.md."""

import argparse
import sys
import time
from collections import Counter
from contextlib import nullcontext
from random import Random

from generators import GENERATORS, generate
from run import Mismatch, Run, SetAside
from server import OwnServer, Refused, Server
from soundness import is_sound


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", help="a server with SENDBACK_TEST_CLOCK=1 in demo mode; without it one is started")
    options.add_argument("--models", type=int, default=100, help="how many, over all generators")
    options.add_argument("--seed", default="1")
    options.add_argument("--generator", choices=sorted(GENERATORS), action="append", help="only this one; can be repeated")
    options.add_argument("--first", type=int, default=0, help="number of the first model of each generator")
    options.add_argument("--minutes", type=float, default=60, help="begins no further model after that")
    options.add_argument("--show", action="store_true", help="print what was done in every model")
    options = options.parse_args()
    with nullcontext(options.url) if options.url else OwnServer() as url:
        return drive(options, url)


def drive(options, url):
    names = options.generator or list(GENERATORS)
    rows = {name: Counter() for name in names}
    started = time.monotonic()
    failed = 0
    for number in range(options.models):
        name, index = names[number % len(names)], options.first + number // len(names)
        if time.monotonic() - started > options.minutes * 60:
            break
        progress(number, options.models, rows, started)
        outcome = one(Server(url), options, name, index, rows[name])
        if outcome:
            failed += 1
            print(f"\r\033[K{outcome}\n", flush=True)
            if failed >= 20:
                print("20 mismatches are enough.")
                break
    progress(options.models, options.models, rows, started)
    print("\r\033[K" + table(rows))
    total = sum(rows.values(), Counter())
    print(f"{total['steps']} steps, {total['rollbacks']} rollbacks, seed {options.seed}, {time.monotonic() - started:.0f} s")
    print(f"{total['models'] - total['mismatches']} passed, {failed} failed")
    return 1 if failed or not total["rollbacks"] else 0


def one(server, options, name, index, row):
    """Runs one model; gives the report of a mismatch."""
    random = Random(f"{options.seed}/{name}/{index}")
    while not is_worth(name, process := generate(name, random, f"m{options.seed}{name}{index}")):
        pass
    run = Run(server, process, random)
    problem = None
    try:
        run.play()
    except SetAside:
        row["set aside"] += 1
    except (Mismatch, Refused) as mismatch:
        problem = mismatch
    row["models"] += 1
    row.update(run.counts)
    if options.show:
        print("\n".join(run.trace))
    if run.instance and run.game.status == "in_process":
        try:  # so that its timers do not ring in later models
            server.post(f"/instances/{run.instance}/cancel", {"user_id": "1001", "opinion": "left"})
        except Refused:
            pass
    if problem is None:
        return None
    row["mismatches"] += 1
    steps = "\n      ".join(run.trace[-40:])
    return (
        f"MISMATCH in model {index} of {name} with seed {options.seed}, instance {run.instance}\n"
        f"   again: --generator {name} --seed {options.seed} --first {index} --models 1\n"
        f"      {steps}\n   {problem}"
    )


def is_worth(name, process):
    return is_sound(process) if name in ("graphs", "exits") else True


COLUMNS = ("models", "steps", "events", "rollbacks", "undos", "direct", "carried", "ended", "set aside", "mismatches")


def table(rows):
    lines = ["generator " + "".join(f"{column:>11}" for column in COLUMNS)]
    for name, row in rows.items():
        lines.append(f"{name:<10}" + "".join(f"{row[column]:>11}" for column in COLUMNS))
    return "\n".join(lines)


def progress(done, models, rows, started):
    if not sys.stderr.isatty():
        return
    filled = 30 * done // models
    rollbacks = sum(row["rollbacks"] for row in rows.values())
    seconds = time.monotonic() - started
    print(f"\r\033[K[{'#' * filled}{' ' * (30 - filled)}] {done}/{models} models, {rollbacks} rollbacks, {seconds:.0f} s", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
