"""Rounds whose probes several threads share: the values are the same bits for any number of them.

Each thread takes the next probe that none has, so a slow one holds nobody up, and writes what it finds in the probe's
own place.  Probes are taken in their order: when one of them ends the round, all before it are finished.
"""

from __future__ import annotations

from typing import Annotated

from ..points.values import Problem, Round, Watch, tell_progress, watched_values
from ..records.abi import (
    ConstVector,
    Integer,
    Integers,
    Pointer,
    Real,
    Reals,
    Vector,
    Words,
    never_inlined,
)
from ..records.border import Options, Probe
from ..records.codes import DONE
from ..records.engine import ROUND
from ..records.memory import (
    add_at_once,
    as_like,
    as_record,
    as_vector,
    element_bytes,
    join_thread,
    offset,
    seconds,
    start_thread,
)
from ..records.record import WORD, lead_to, record, words_of

# In seconds: with less to do than this, a thread is not worth its start, which takes 20 to 50 microseconds.
LEAST_WORK = 5e-5
# Words that nobody uses, between those of two threads: a line of a processor's cache, and the one fetched with it.
WORDS_APART = 16


@record
class Workspace:
    """What a check in one call keeps beside its engine: who watches, and one round of probes with their values."""

    watch: Watch  # bounds, progress, time limit, as the caller's thread sees them
    threads: Integer  # threads that may share a round
    count: Integer  # probes of the round
    pace: Real  # seconds that an evaluation took in the last round
    problem: Problem  # what is evaluated
    floats: Integer  # 1: the numbers of the point and the claim are float32
    rooms: Integers  # for every thread a room of words
    room: Integer  # words in a room: a share, a point
    probes: Annotated[Pointer[Probe], ROUND]  # what is asked
    values: Annotated[Reals, ROUND]  # f there
    changes: Annotated[Reals, ROUND]  # what the claim predicts there
    marks: Annotated[Integers, ROUND]  # 1: outside of the bounds; only where threads share the round
    counters: Annotated[Integers, 2]  # probes taken, evaluations so far


lead_to(Workspace, "threads")


@record
class Share:
    """The first words of a thread's room; its point lies behind them."""

    thread: Integer  # number that the system gave the thread
    code: Integer  # what ended its share
    block: Integers  # the workspace
    watch: Watch  # its own, without progress, which only the caller's thread calls


SHARE_WORDS = words_of(Share)


def threads_of(options: Options) -> int:
    """Return how many threads may share a round: not more than it has probes."""
    return 1 if options.threads < 1 else min(options.threads, ROUND)


def room_words(x: ConstVector, n: int) -> int:
    """Return the words of a thread's room."""
    return SHARE_WORDS + (n * element_bytes(x) + WORD - 1) // WORD + WORDS_APART


@never_inlined
def begin_shares(work: Workspace, block: Words, rooms: Words, room: int, options: Options) -> None:
    """Write the share of every thread that there may be; the workspace is at the beginning of the block.

    All of them watch what the caller's thread does until now.
    """
    work.threads = threads_of(options)
    work.rooms = rooms
    work.room = room
    work.pace = 0.0
    if work.threads == 1:
        return
    work.counters[1] = 0
    work.watch.counters = work.counters
    work.watch.marks = work.marks
    for number in range(1, work.threads):
        share = as_record(room_of(work, number), Share)
        share.block = block
        share.watch = work.watch


def room_of(work: Workspace, number: int) -> Words:
    """Return the room of a thread; that of the caller's has the number 0."""
    return offset(work.rooms, number * work.room)


def point_in(room: Words, x: ConstVector) -> Vector:
    """Return the point in a room."""
    return as_like(x, offset(room, SHARE_WORDS))


def round_of(work: Workspace, count: int) -> Round:
    """Return the round that is under way."""
    return Round(work.probes, count, work.values, work.changes)


def values_of_round(x: ConstVector, work: Workspace, count: int) -> int:
    """Write the values of a round, by as many threads as it is worth; return the code of what ended it early."""
    point = point_in(work.rooms, x)
    if work.threads == 1:
        return watched_values(work.problem, round_of(work, count), point, work.watch)
    began = seconds()
    work.count = count
    work.counters[0] = 0
    others = start_others(work)
    code = watched_values(work.problem, round_of(work, count), point, work.watch)
    add_at_once(work.counters, ROUND)
    code = gathered(work, others, code)
    work.pace = (seconds() - began) * (others + 1) / count
    return code


def start_others(work: Workspace) -> int:
    """Start threads beside the caller's, as many as there is work for and as can be had; return how many."""
    worth = work.count * work.pace / LEAST_WORK
    wanted = min(work.threads, work.count)
    if worth < wanted:
        wanted = int(worth)
    started = 1
    while started < wanted:
        room = room_of(work, started)
        if not start_thread(take_share, room):
            break
        started += 1
    return started - 1


def take_share(room: Words) -> None:
    """Compute values as long as there are probes that no thread has; what ends that ends it for all threads."""
    share = as_record(room, Share)
    work = as_record(share.block, Workspace)
    point = point_in(room, as_vector(work.problem.x, work.floats != 0))
    share.code = watched_values(work.problem, round_of(work, work.count), point, share.watch)
    add_at_once(work.counters, ROUND)


def gathered(work: Workspace, others: int, code: int) -> int:
    """Wait for the other threads and put together what all of them found; return the code of the first probe with one.

    Where the objective refused a probe, the round ends before it, as it would in one thread.
    """
    watch = work.watch
    for number in range(1, others + 1):
        share = as_record(room_of(work, number), Share)
        join_thread(share.thread)
        watch.computed += share.watch.computed
        watch.outside += share.watch.outside
        if share.watch.is_late != 0:
            watch.is_late = 1
        if share.watch.missing < watch.missing:
            watch.missing = share.watch.missing
            code = share.code
    if watch.missing < work.count:
        watch.computed = watch.missing
        watch.outside = 0
        for number in range(watch.missing):
            watch.outside += work.marks[number]
    if code == DONE and watch.done < work.counters[1]:
        watch.done = work.counters[1]
        code = tell_progress(watch)
    return code
