#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The simulator against SimPy: the same M/M/50 in turns, in calls a second of processor time.

It takes the Python of the system, whose package python3-simpy3 has SimPy.

bench/simulate.py [--json] [--rounds N] [--calls N] HEIMAMT

SimPy's model is written as its documentation has it: a process for each caller, a resource for the agents.  Each
counts a caller once, from arrival to the end of the talk.  Told is the quickest round of each.
"""
import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time

import simpy

AGENTS, RATE, MEAN = 50, 0.8, 60.0
P_WAIT, ASA = 0.694456, 20.83  # Erlang C


class Model:
    """M/M/50 in SimPy."""

    def __init__(self, seed, calls, warmup):
        self.random = random.Random(seed)
        self.calls, self.warmup = calls, warmup
        self.env = simpy.Environment()
        self.agents = simpy.Resource(self.env, capacity=AGENTS)
        self.waited, self.waits = 0, 0.0

    def call(self, counts):
        arrived = self.env.now
        with self.agents.request() as request:
            yield request
            if counts:
                wait = self.env.now - arrived
                self.waited += wait > 0
                self.waits += wait
            yield self.env.timeout(self.random.expovariate(1 / MEAN))

    def source(self):
        for i in range(self.warmup + self.calls):
            yield self.env.timeout(self.random.expovariate(RATE))
            self.env.process(self.call(i >= self.warmup))

    def run(self):
        begun = time.process_time()
        self.env.process(self.source())
        self.env.run()
        seconds = time.process_time() - begun
        return {
            "calls_per_second": (self.warmup + self.calls) / seconds,
            "p_wait": self.waited / self.calls,
            "asa_s": self.waits / self.calls,
        }


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def heimamt(program, seed, calls, warmup):
    scenario = {
        "calls": calls, "warmup": warmup, "replications": 1,
        "queues": [{"name": "post", "rate_per_s": RATE, "service": {"dist": "exp", "mean_s": MEAN}}],
        "agents": [{"name": "house", "count": AGENTS}],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scenario, file)
        file.flush()
        begun = children()
        said = subprocess.run([program, "simulate", "--json", "--seed", str(seed), file.name],
                              check=True, stdout=subprocess.PIPE).stdout
        seconds = children() - begun
    overall = json.loads(said)["overall"]
    return {
        "calls_per_second": (warmup + calls) / seconds,
        "p_wait": overall["p_wait"]["mean"],
        "asa_s": overall["asa_s"]["mean"],
    }


def best(rounds):
    """The quickest round's speed, and all rounds' figures together."""
    n = len(rounds)
    return {
        "calls_per_second": round(max(r["calls_per_second"] for r in rounds)),
        "p_wait": sum(r["p_wait"] for r in rounds) / n,
        "asa_s": sum(r["asa_s"] for r in rounds) / n,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=200000, help="of SimPy; heimamt gets ten times as many")
    parser.add_argument("heimamt", help="the program")
    args = parser.parse_args()
    if args.rounds < 1 or args.calls < 1:
        parser.error("--rounds and --calls need a number from 1 on")
    if not os.access(args.heimamt, os.X_OK):
        parser.error(f"{args.heimamt} is no program; build it with: ninja -C build/bench heimamt")
    ours, theirs = [], []
    for seed in range(1, args.rounds + 1):
        ours.append(heimamt(args.heimamt, seed, 10 * args.calls, args.calls // 10))
        theirs.append(Model(seed, args.calls, args.calls // 10).run())
    ours, theirs = best(ours), best(theirs)
    ratio = ours["calls_per_second"] / theirs["calls_per_second"]
    if args.json:
        print(json.dumps({"heimamt": ours, "simpy": theirs, "simpy_version": simpy.__version__, "ratio": ratio}))
        return
    print(f"{'':24}{'calls a second':>16}{'P(wait)':>10}{'ASA':>10}")
    for name, r in (("heimamt", ours), (f"SimPy {simpy.__version__}", theirs)):
        print(f"{name:24}{r['calls_per_second']:>16,}{r['p_wait']:>10.4f}{r['asa_s']:>8.2f} s")
    print(f"{'Erlang C':24}{'':>16}{P_WAIT:>10.4f}{ASA:>8.2f} s")
    print(f"heimamt : SimPy {ratio:.0f}")


if __name__ == "__main__":
    main()
