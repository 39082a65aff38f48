"""A check of shards is the check of the whole vector: the same points, and what follows from them."""

import json
import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import drivenlines
import numpy as np
import pytest
from drivenlines import waves
from sharded import answers_of, driven, report_of, shards_of

import gradproof
from gradproof.core.points.directions import typical_size
from gradproof.evaluators.arrays.holding import HOLDS
from gradproof.evaluators.lines import Lines
from gradproof.shards.all_shards import typical_of

N = 4200
CUTS = ([1024], [1, 1023, 1024, 3000, 3001, 4199])


def point(dtype=np.float64):
    x = drivenlines.point(N)
    x[2000:4150] = 0.0  # with windows of nothing else
    return x.astype(dtype)


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_are_those_of_the_whole_vector(dtype, cuts):
    x = point(dtype)
    claimed = np.cos(x + dtype(0.25))
    claimed[7] += 1
    shards, whole = shards_of(x, claimed, cuts), Lines(x, claimed)
    check = gradproof.lines(N, shards, seed=5)
    seen = 0
    while len(probes := check.ask()):
        values, changes = answers_of(waves, shards, probes)
        for probe, change in zip(probes, changes, strict=True):
            parts = np.concatenate([one.at(probe)[0] for one in shards])
            np.testing.assert_array_equal(parts, whole.at(probe), strict=True)
            expected = whole.predicted_changes(probe[None])[0]
            assert change == pytest.approx(expected, rel=1e-9, abs=1e-12)
            seen += 1
        check.tell(values, changes)
    assert seen > 40
    assert check.result().wrong.tolist() == [7]


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_right_passes_and_what_is_wrong_is_named(dtype, cuts):
    x = point(dtype)
    right = np.cos(x + dtype(0.25))
    assert report_of(waves, x, right, cuts).verdict == "right"
    wrong = right.copy()
    wrong[[3, 3000, 4199]] *= 1.5
    report = report_of(waves, x, wrong, cuts)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [3, 3000, 4199]
    assert {one.cause for one in report.findings} == {gradproof.Cause.WRONG}
    same = gradproof.check(waves, wrong, x, mode="lines")
    assert (report.evaluations, report.noise_floor) == (same.evaluations, same.noise_floor)


@pytest.mark.parametrize("name", sorted(drivenlines.PROBLEMS))
def test_every_kind_of_check_goes_as_with_the_whole_vector(name):
    """Kinks at zeros, claims that are no numbers, blocks, budgets, noise, edges of domains."""
    whole, cut = drivenlines.PROBLEMS[name](), drivenlines.PROBLEMS[name]()
    names = None
    x, objective, claimed = whole.x, whole.objective, whole.claimed
    if whole.borders is not None:
        ends = list(zip(whole.borders[:-1].tolist(), whole.borders[1:].tolist(), strict=True))
        names = {f"part{k}": (b - a,) for k, (a, b) in enumerate(ends)}
        x, claimed = ({f"part{k}": one[a:b] for k, (a, b) in enumerate(ends)} for one in (x, claimed))
        objective = lambda parts: whole.objective(np.concatenate(list(parts.values())))  # noqa: E731
    settings = {"budget": whole.budget or None, "rtol": whole.rtol or None, "atol": whole.atol or None}
    expected = gradproof.check(objective, claimed, x, mode="lines", **settings)
    report = report_of(cut.objective, cut.x, cut.claimed, [3, 500], names, **settings)
    assert report.verdict == expected.verdict
    assert report.evaluations == expected.evaluations
    np.testing.assert_array_equal(report.wrong, expected.wrong)
    assert [one.cause for one in report.findings] == [one.cause for one in expected.findings]
    assert report.power.norm == pytest.approx(expected.power.norm, rel=1e-12, nan_ok=True)
    assert report.power.bar == pytest.approx(expected.power.bar, rel=1e-6, nan_ok=True)
    assert [one.norm for one in report.power.blocks] == pytest.approx([one.norm for one in expected.power.blocks])


def test_a_few_questions_are_enough():
    """A core function that went through x by itself would ask for every coordinate."""
    x = point()
    claimed = np.cos(x + 0.25)
    claimed[7] += 1
    shards, asked = shards_of(x, claimed, [100]), []

    def everywhere(question):
        asked.append(question.kind)
        return [shard.answer(question) for shard in shards]

    report = driven(gradproof.lines(N, everywhere), waves, shards)
    assert report.wrong.tolist() == [7]
    assert asked[:3] == ["opening", "sizes_are", "overview"]
    assert len(asked) < 30


@pytest.mark.parametrize("count", [1, 1000, 3000])
def test_the_typical_size_has_the_bits_of_the_core(count):
    sizes = np.abs(np.random.default_rng(count).normal(size=count)) ** 9
    for one in (sizes, np.zeros(count), sizes * 1e-300):
        assert typical_of(one) == typical_size(one, count)


def test_the_report_is_like_any_other():
    x = point()
    claimed = np.cos(x + 0.25)
    claimed[1100] = -claimed[1100]
    report = report_of(waves, x, claimed, [100], {"bias": (1000,), "weights": (32, 100)})
    assert "weights[1, 0]" in str(report)
    assert [one.name for one in report.arrays] == ["bias", "weights"]
    again = gradproof.Report.from_json(report.to_json())
    assert str(again) == str(report)
    assert str(pickle.loads(pickle.dumps(report))) == str(report)
    assert "weights[1, 0]" in report.to_html()
    assert "centered" in report.explain("weights[1, 0]")
    assert json.loads(report.to_json())["mode"] == "lines"
    assert report.claimed(1100) == claimed[1100]
    assert math.isnan(report.claimed(0))  # nobody has looked at it


def test_the_budget_is_kept_and_a_check_can_be_stopped():
    x = point()
    claimed = np.cos(x + 0.25)
    report = report_of(waves, x, claimed, [100], budget=10)
    assert (report.verdict, report.stopped_by) == ("inconclusive", "budget")
    assert report.evaluations <= 10
    shards = shards_of(x, claimed, [100])
    check = gradproof.lines(N, shards)
    check.tell(*answers_of(waves, shards, check.ask()))
    check.stop()
    assert len(check.ask()) == 0
    assert check.result().verdict == "inconclusive"


def test_own_memory_is_moved_and_restored():
    x = point()
    weights = x.copy()
    shard = gradproof.Shard(x, np.cos(x + 0.25), 0, point=weights)
    check = gradproof.lines(N, [shard])
    moved = 0
    while len(probes := check.ask()):
        told = []
        for probe in probes:
            part, change = shard.at(probe)
            assert part is weights
            moved += not np.array_equal(weights, x)
            told.append((waves(weights), change))
        check.tell(*zip(*told, strict=True))
    shard.restore()
    assert moved > 20
    np.testing.assert_array_equal(weights, x)
    assert check.result().verdict == "right"


def in_a_thread(call):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def test_memory_that_another_thread_moves_is_refused():
    x, weights = point(), point()
    one, two, apart = (
        gradproof.Shard(x[part].copy(), x[part], 0, point=memory[part])
        for part, memory in ((slice(0, 900), weights), (slice(800, N), weights), (slice(0, N), x))
    )
    for shard in (one, two, apart):
        (probe,) = gradproof.lines(shard.stop, [shard]).ask()[:1]
    one.at(probe)
    with pytest.raises(ValueError, match="a check in another thread is moving point in place"):
        in_a_thread(lambda: two.at(probe))
    in_a_thread(lambda: apart.at(probe))  # twin: other memory
    one.restore()
    in_a_thread(lambda: two.at(probe))  # twin: after its end
    two.restore()
    weights[850] += 1.0
    with pytest.raises(ValueError, match="point does not hold the coordinates that x has"):
        two.at(probe)
    apart.restore()
    assert not HOLDS


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_a_claim_that_is_the_memory_which_is_moved(factor):
    x, weights = point(), point() * factor
    shard = gradproof.Shard(x, weights, 0, point=weights) if factor == 1.0 else gradproof.Shard(x, weights, 0)
    report = driven(gradproof.lines(N, [shard]), lambda x: 0.5 * math.fsum((x * x).tolist()), [shard])
    shard.restore()
    assert report.verdict == ("right" if factor == 1.0 else "wrong")


def test_a_move_that_was_broken_off_is_restored(monkeypatch):
    x, weights = point(), point()
    shard = gradproof.Shard(x, np.cos(x + 0.25), 0, point=weights)
    check = gradproof.lines(N, [shard])
    check.tell(*answers_of(waves, [shard], check.ask()))
    shard.at(check.ask()[0])

    def broken_off(self, start, stop):
        self._moved = slice(start, stop)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lines, "_set_out", broken_off)
        with pytest.raises(KeyboardInterrupt):
            shard.at(check.ask()[1])
    assert weights.tobytes() != x.tobytes()
    shard.restore()
    assert weights.tobytes() == x.tobytes()


def test_a_shard_on_disk_is_only_read(tmp_path):
    x = point(np.float32)
    np.save(tmp_path / "x.npy", x)
    on_disk = np.load(tmp_path / "x.npy", mmap_mode="r")
    shards = shards_of(on_disk, np.cos(x + np.float32(0.25)), [2000])
    assert driven(gradproof.lines(N, shards), waves, shards).verdict == "right"
    shards[0] = pickle.loads(pickle.dumps(shards[0]))
    assert driven(gradproof.lines(N, shards), waves, shards).verdict == "right"


X = np.ones(4)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: gradproof.Shard(X.reshape(2, 2), X, 0), TypeError, "vector of float32 or float64"),
        (lambda: gradproof.Shard(np.arange(4), X, 0), TypeError, "int64"),
        (lambda: gradproof.Shard(X, X[:3], 0), ValueError, "one length"),
        (lambda: gradproof.Shard(X, X, -1), ValueError, "first coordinate"),
        (lambda: gradproof.Shard(X, X, 1 << 70), ValueError, "first coordinate"),
        (lambda: gradproof.Shard(X, X + 1j, 0), TypeError, "the claimed gradient of a shard must hold real numbers"),
        (lambda: gradproof.Shard(X, [10**400] * 4, 0), TypeError, "the claimed gradient of a shard must hold real"),
        (lambda: gradproof.Shard(X, X, 0.5), TypeError, "start must be an integer"),
        (lambda: gradproof.Shard(X, X, 0, point=X[:2]), TypeError, "point must be"),
        (lambda: gradproof.Shard(X, X, 0, point=X), ValueError, "share memory"),
        (lambda: gradproof.lines(0, []), ValueError, "at least 1"),
        (lambda: gradproof.lines({}, []), ValueError, "names no coordinates"),
        (lambda: gradproof.lines(4, [X]), TypeError, "a list of gradproof.Shard"),
        (lambda: gradproof.lines(4, lambda question: []), ValueError, "no shard answered"),
        (lambda: gradproof.lines(4, [gradproof.Shard(X, X, 0)], seed=-1), ValueError, "seed"),
        (lambda: gradproof.lines(4, [gradproof.Shard(X, X, 0)], rtol=2), ValueError, "rtol"),
        (lambda: gradproof.lines(5, [gradproof.Shard(X, X, 0)]), ValueError, "hold 4 coordinates, but n is 5"),
        (lambda: gradproof.lines(5, [gradproof.Shard(X, X, 1)]), ValueError, "0 to 0 are held by no shard"),
        (
            lambda: gradproof.lines(7, [gradproof.Shard(X, X, 3), gradproof.Shard(X, X, 0)]),
            ValueError,
            "3 to 3 are held twice",
        ),
        (
            lambda: gradproof.lines(8, [gradproof.Shard(X, X, 0), gradproof.Shard(np.float32(X), X, 4)]),
            TypeError,
            "some float64",
        ),
        (
            lambda: gradproof.lines(4, [gradproof.Shard(X * np.nan, X, 0)]),
            ValueError,
            r"but x\[0\] is nan",
        ),
        (lambda: gradproof.Shard(X, X, 0).at(None), RuntimeError, "gradproof.lines"),
    ],
)
def test_misuse_is_refused_in_one_sentence(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_what_is_told_belongs_to_the_round():
    shard = gradproof.Shard(X, X, 0)
    check = gradproof.lines(4, [shard])
    check.ask()
    with pytest.raises(ValueError, match="1 probes, but 2 values"):
        check.tell([1.0, 2.0], [0.0, 0.0])
    check.tell([math.nan], [0.0])
    assert check.result().cause is gradproof.Cause.DOMAIN
    with pytest.raises(ValueError, match="0 probes"):
        gradproof.lines(4, [shard]).tell([1.0], [0.0])


def test_a_shard_that_was_lost_is_made_again():
    x = point()
    claimed = np.cos(x + 0.25)
    claimed[1100] *= 2
    shards = shards_of(x, claimed, [1000])
    check = gradproof.lines(N, shards)
    for _ in range(3):
        check.tell(*answers_of(waves, shards, check.ask()))
    shards[1] = gradproof.Shard(x[1000:], claimed[1000:], 1000)
    shards[1].answer(check.opening)
    while len(probes := check.ask()):
        check.tell(*answers_of(waves, shards, probes))
    assert check.result().wrong.tolist() == [1100]


def test_a_check_whose_processes_were_killed_goes_on():
    x = point()
    claimed = np.cos(x + 0.25)
    claimed[1100] *= 2
    whole = report_of(waves, x, claimed, [1000])
    shards = shards_of(x, claimed, [1000])
    check = gradproof.lines(N, shards)
    for _ in range(4):
        check.tell(*answers_of(waves, shards, check.ask()))
    state = check.state()
    shards = shards_of(x, claimed, [1000])
    again = gradproof.lines(N, shards)
    again.restore(state)
    report = driven(again, waves, shards)
    assert report.wrong.tolist() == [1100]
    assert report.evaluations == whole.evaluations
    # Twins: the state of another check, and a damaged one.
    for other, settings in ((claimed * 2, {}), (claimed, {"seed": 1})):
        with pytest.raises(ValueError, match="the same shards with the same settings"):
            gradproof.lines(N, shards_of(x, other, [1000]), **settings).restore(state)
    unharmed = gradproof.lines(N, shards)
    with pytest.raises(ValueError, match="cannot be used: damaged"):
        unharmed.restore(state[:-9] + b"?" + state[-8:])
    assert driven(unharmed, waves, shards).wrong.tolist() == [1100]
