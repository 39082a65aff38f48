"""What a check along lines found, as the report of the C API: every figure from its place, counts from words."""

import pytest
from lineladders import LENGTH, begun
from properties import refuted
from witnesses import new_report

from gradproof.core.lines import phases
from gradproof.core.machine import line_report
from gradproof.core.records import codes
from gradproof.core.records.engine import coordinate_of

# Figures of the report by the field of the check that they come from.
FIGURES = {
    "random_lines": "lines",
    "aligned_lines": "aligned_lines",
    "early": "early",
    "dense": "dense",
    "random_bar": "bar",
    "aligned_bar": "aligned_bar",
    "norm": "norm",
    "sum": "sum",
    "curved_slope": "curved",
    "hidden_gap": "hidden",
}
CAUSES = {word: cause for cause, (word, _) in codes.CAUSES.items()}


def reported(lines):
    report = new_report()
    line_report.report_lines(lines, report)
    return report


def done(verdict=codes.VERDICT_RIGHT, cause=codes.UNTESTED, agreed=4):
    lines = begun(phases.DONE)
    lines.verdict, lines.cause, lines.random_lines = verdict, cause, agreed
    return lines


def figures_are_copied(report_of):
    lines = done()
    for number, name in enumerate(FIGURES):
        setattr(lines, name, 3 + number)
    lines.part.done, lines.part.bar = 40, 41.0
    report = report_of(lines)
    assert [getattr(report, name) for name in FIGURES.values()] == [3 + number for number in range(len(FIGURES))]
    assert (report.parts, report.parts_bar) == (40, 41.0)


def test_figures():
    figures_are_copied(reported)


@pytest.mark.parametrize("field", [*FIGURES.values(), "parts", "parts_bar"])
def test_figures_twin(field):
    def forgetful(lines):
        report = reported(lines)
        setattr(report, field, 0)
        return report

    refuted(figures_are_copied, forgetful)


@pytest.mark.parametrize("verdict", codes.VERDICTS)
def test_the_verdict_is_that_of_the_end(verdict):
    report = reported(done(verdict, codes.STEP_LIMITED))
    assert (report.verdict, report.cause) == (verdict, codes.STEP_LIMITED)
    # Before the end there is none, whatever is in its place.
    lines = done(verdict, codes.STEP_LIMITED)
    lines.phase = phases.HALVING
    report = reported(lines)
    assert (report.verdict, report.cause) == (codes.VERDICT_INCONCLUSIVE, codes.UNTESTED)


@pytest.mark.parametrize(
    ("verdict", "agreed", "tested", "agreeing"),
    [
        (codes.VERDICT_RIGHT, 4, LENGTH, LENGTH),
        (codes.VERDICT_WRONG, 0, LENGTH, 0),
        (codes.VERDICT_INCONCLUSIVE, 4, LENGTH, 0),
        (codes.VERDICT_INCONCLUSIVE, 0, 0, 0),
    ],
)
def test_all_coordinates_were_on_the_lines_or_none(verdict, agreed, tested, agreeing):
    report = reported(done(verdict, agreed=agreed))
    assert (report.tested, report.agreeing, report.untested) == (tested, agreeing, LENGTH - tested)


# Candidates by the word of their cause, and the report's counts of them: wrong, open.
CANDIDATES = [
    ([], 0, 0),
    (["agrees"], 0, 0),
    (["wrong", "agrees", "wrong"], 2, 0),
    (["kink_at_point", "kink_crossed"], 0, 0),
    (["untested", "noise_limited", "step_limited", "domain", "nondeterministic", "wrong"], 1, 5),
]


@pytest.mark.parametrize(("causes", "wrong", "undecided"), CANDIDATES)
def test_candidates_are_counted(causes, wrong, undecided):
    lines = done(codes.VERDICT_WRONG)
    lines.finding_count, lines.confirming = 2, 1
    lines.candidates.count = len(causes)
    for number, word in enumerate(causes):
        candidate = coordinate_of(lines.engine, number)
        candidate.cause, candidate.kink, candidate.finding = CAUSES[word], number % 3, number - 1
    report = reported(lines)
    assert (report.wrong, report.open) == (wrong, undecided)
    assert report.kinks == sum(number % 3 != 0 for number in range(len(causes)))
    # All but the first have a finding; two are about long lines.
    assert report.findings == 2 + max(len(causes) - 1, 0)
    # Their twin: before they are looked at nothing is known of them.
    lines.confirming = 0
    report = reported(lines)
    assert (report.wrong, report.open, report.kinks, report.findings) == (0, 0, 0, 2)


@pytest.mark.parametrize(
    ("random_bar", "part_bar", "resolution"), [(1.0, 0.0, 4.0), (1.0, 0.25, 1.0), (1.0, 2.0, 4.0), (0.0, 0.5, 0.0)]
)
def test_the_resolution_is_four_of_the_sharper_bars(random_bar, part_bar, resolution):
    """An error e moves the slope by e / 2 at least, and two bars off nothing agrees; 0 is no bar of parts."""
    lines = done()
    lines.random_bar, lines.part.bar = random_bar, part_bar
    assert reported(lines).resolution == resolution
