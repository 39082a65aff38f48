"""Whole checks of vectors that lie in shards, in one process."""

import itertools

import numpy as np

import gradproof


def shards_of(x, claimed, cuts):
    """Shards that begin at 0 and at every cut."""
    ends = [0, *cuts, x.size]
    return [gradproof.Shard(x[a:b], claimed[a:b], a) for a, b in itertools.pairwise(ends)]


def answers_of(objective, shards, probes):
    """The values at the points of probes, and the changes that are predicted."""
    parts = [[(part.copy(), change) for part, change in (one.at(probe) for one in shards)] for probe in probes]
    values = [objective(np.concatenate([part for part, _ in every])) for every in parts]
    return values, [sum(change for _, change in every) for every in parts]


def driven(check, objective, shards):
    """The report of a check that goes on to its end."""
    while len(probes := check.ask()):
        check.tell(*answers_of(objective, shards, probes))
    return check.result()


def report_of(objective, x, claimed, cuts, n=None, **settings):
    """The report on a gradient, of shards that begin at 0 and at every cut."""
    shards = shards_of(x, claimed, cuts)
    return driven(gradproof.lines(x.size if n is None else n, shards, **settings), objective, shards)
