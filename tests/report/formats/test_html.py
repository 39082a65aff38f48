"""Reports as pages: one file, well formed, that loads nothing; opened in a browser where there is one."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from everykind import KINDS, report_of
from htmlpages import read

import gradproof
from gradproof.problem.structure import layout_of
from gradproof.report.formats.html.maps import STATES, Grid, grid_of, picture, states
from gradproof.report.formats.html.svg import ladder
from gradproof.report.ladder import Rung
from gradproof.report.text.factors import sentences_of_factors

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BAD_NAMES = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"quoted' & <b>"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page(kind):
    report = report_of(kind)
    text = report.to_html()
    reader = read(text)
    words = " ".join(" ".join(reader.words).split())
    assert report.verdict in words
    for one in report.explanations:
        assert str(one) in words
    for one in report.findings:
        assert one.name in words
    for one in sentences_of_factors(report):
        assert one in words
    assert str(report) in "".join(reader.words)
    # It loads nothing.
    assert not re.search(r"https?://|url\(|@import|<img|<iframe|<script src", text)
    assert [each["href"] for each in reader.of("link")] == ["data:,"]
    assert len(reader.of("script")) == 1
    assert "default-src 'none'" in text
    assert len([each for each in reader.of("svg") if each["class"] == "map"]) == len(report.arrays)


def test_a_page_tells_where_errors_begin():
    """Along a backward pass the arrays that are right say where it goes wrong."""
    rng = np.random.default_rng(0)
    x = {name: rng.normal(size=700) for name in "abcd"}
    wrong = {name: (1.0 + 0.1 * (name in "ab") * (1 + (name == "a"))) * np.cos(part) for name, part in x.items()}
    report = gradproof.check(lambda p: float(sum(np.sum(np.sin(part)) for part in p.values())), wrong, x, mode="lines")
    assert len(sentences_of_factors(report)) == 2
    words = " ".join(" ".join(read(report.to_html()).words).split())
    assert "everything from c on is right along its claim: look for the bug in the backward pass there" in words


@pytest.mark.parametrize("name", ["to_html", "to_markdown", "to_junit", "to_json"])
@pytest.mark.parametrize("file", ["report.txt", Path("report.txt")])
def test_text_that_is_returned_is_written_by_its_receiver(name, file):
    method = getattr(report_of("right"), name)
    assert method()
    with pytest.raises(TypeError, match=rf"{name}\(\) returns text and writes no file: pathlib\.Path\('report\.txt'\)"):
        method(file)


def test_what_is_in_it_is_about_this_report():
    right, wrong = (read(report_of(kind).to_html()) for kind in ("right", "full"))
    assert not [each for each in right.of("rect") if each["class"] == "wrong"]
    assert [each for each in wrong.of("rect") if each["class"] == "wrong"] == [
        {"class": "wrong", "x": "0", "y": "0", "width": "5", "height": "1"}
    ]
    assert not right.of("tbody")
    assert len(wrong.of("td")) == 7 * len(report_of("full").findings)
    assert len([each for each in wrong.of("svg") if each["class"] == "ladder"]) == len(report_of("full").findings)


def test_names_are_no_markup():
    p = {name: np.array([1.0, 2.0]) for name in BAD_NAMES}
    report = gradproof.check(
        lambda p: sum(float(np.sum(part**2)) for part in p.values()), lambda p: {k: 3 * v for k, v in p.items()}, p
    )
    for text in (report.to_html(), report._repr_html_()):
        reader = read(text)
        assert "<script>alert(1)" in "".join(reader.words)
        assert not reader.of("img")
        assert not reader.of("b")
        assert len(reader.of("script")) <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_notebook(kind):
    report = report_of(kind)
    reader = read(report._repr_html_())
    assert report.verdict in "".join(reader.words)
    assert not reader.of("script")
    assert not reader.of("style")
    assert len(report._repr_html_()) < 6000


# ---- Maps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(5,), (64,), (65,), (1000,), (100_000,), (6, 5), (100, 3), (3, 200), (50, 90), (2, 3, 4)]
)
def test_cells(shape):
    count = int(np.prod(shape))
    grid = grid_of(shape, count)
    cells = grid.cells(np.arange(count))
    assert cells.min() == 0
    assert cells.max() < grid.rows * grid.columns <= 40 * 64
    if count <= 40 * 64 and (len(shape) == 1 or shape[-1] <= 64):
        assert len(np.unique(cells)) == count or shape == (100, 3)
    assert grid_of((6, 5), 30) == Grid(6, 5, 6, 5)


@pytest.mark.parametrize("shape", [(65,), (100,), (3000,), (200, 40), (301, 67), (100, 3)])
def test_a_map_has_no_holes(shape):
    x = np.zeros(shape)
    report = gradproof.check(lambda x: float(x.ravel() @ x.ravel()), x + 0.0, x, mode="lines")
    (leaf,) = layout_leaves(report)
    shown = states(report, leaf, grid_of(shape, x.size))
    assert (shown >= 0).all() or (shown[: np.flatnonzero(shown < 0)[0]] >= 0).all()
    assert np.count_nonzero(shown < 0) < 64


def test_a_cell_shows_the_worst_of_it():
    x = np.zeros(10_000)
    claimed = np.zeros(10_000)
    claimed[[2, 7_700]] = 1.0
    report = gradproof.check(lambda x: float(x @ x), claimed, x, mode="full", only=list(range(0, 10_000, 2)))
    leaf = report._evidence.layout.leaves[0]
    grid = grid_of((5_000,), 5_000)
    assert grid.rows * grid.columns < 5_000
    shown = states(report, leaf, grid)
    wrong = np.flatnonzero(shown == STATES.index("wrong"))
    assert wrong.tolist() == grid.cells(np.array([1, 3_850])).tolist()
    assert picture(report, leaf).count('class="wrong"') == 2


def test_maps_along_lines():
    maps = {}
    for kind in ("right along lines", "lines", "long"):
        report = report_of(kind)
        leaf = report._evidence.layout.leaves[-1]
        grid = grid_of(leaf.shape, leaf.stop - leaf.start)
        maps[kind] = {STATES[one] for one in states(report, leaf, grid) if one >= 0}
    assert maps["right along lines"] == {"right"}
    assert maps["lines"] == {"wrong"}
    assert "wrong" in maps["long"]
    assert "right" not in maps["long"]


def test_untested_coordinates_on_a_map():
    report = report_of("budget")
    assert report.untested
    shown = {
        STATES[one]
        for leaf in layout_leaves(report)
        for one in states(report, leaf, grid_of(leaf.shape, leaf.stop - leaf.start))
    }
    assert shown == {"right", "untested"}


def layout_leaves(report):
    return report._evidence.layout.leaves


# ---- Ladders ---------------------------------------------------------------------------------------------------------


def test_a_ladder():
    rungs = [Rung(10.0**-k, 2.0, 2.0, 2.0, 0.0, 1e-15 * 10**k) for k in range(8, 0, -1)]
    drawn = ladder(rungs, 1.0, "<x>")
    assert drawn.count("<circle") == len(rungs)
    assert "&lt;x&gt;" in drawn
    # The error is the same at every step: a level line.  Noise falls.
    heights = {re.search(r"cy=\"([\d.]+)\"", each).group(1) for each in re.findall(r"<circle[^>]*>", drawn)}
    assert len(heights) == 1
    noise = re.search(r'class="noise" points="([^"]*)"', drawn).group(1)
    levels = [float(pair.partition(",")[2]) for pair in noise.split()]
    assert levels == sorted(levels)


@pytest.mark.parametrize("claimed", [2.0, np.nan, np.inf, 1e-300, 1e300])
def test_ladders_of_any_size(claimed):
    rungs = [Rung(h, np.nan, 2.0, 2.0 if h > 1e-8 else np.nan, 0.0, 0.0) for h in (1e-10, 1e-7, 1e-3)]
    drawn = ladder(rungs, claimed, "x")
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert (drawn == "") == (not np.isfinite(claimed))
    assert ladder([], claimed, "x") == ""


def test_layouts_of_single_numbers():
    report = gradproof.check(lambda p: p["a"] ** 2, lambda p: {"a": 2 * p["a"]}, {"a": 1.5})
    assert layout_of({"a": 1.5}).leaves[0].shape == ()
    assert picture(report, report._evidence.layout.leaves[0]).count("<rect") == 1


# ---- In a browser ----------------------------------------------------------------------------------------------------

WATCH = """<script>
window.faults = [];
window.addEventListener("error", function (e) { window.faults.push(String(e.message)); });
document.addEventListener("securitypolicyviolation", function (e) { window.faults.push(e.violatedDirective); });
</script>"""
PRESS = """<script>
function names() { return [].map.call(document.querySelectorAll("tbody tr"), function (row) {
  return row.cells[0].dataset.value; }); }
var told = {before: names(), width: document.documentElement.scrollWidth, room: window.innerWidth};
var heads = document.querySelectorAll("th button");
[0, 1].forEach(function (column) { ["up", "down"].forEach(function (way) {
  heads[column].click(); told[column + way] = names(); }); });
told.claims = [].map.call(document.querySelectorAll("tbody tr"), function (row) { return row.cells[1].dataset.value; });
document.querySelectorAll("details").forEach(function (one) { one.open = true; });
told.plots = [].map.call(document.querySelectorAll(".ladder"), function (one) {
  return [one.getBoundingClientRect().width, one.querySelectorAll("circle.dot").length]; });
told.requests = performance.getEntriesByType("resource").length;
told.faults = window.faults;
var out = document.createElement("pre"); out.id = "told"; out.textContent = JSON.stringify(told);
document.body.appendChild(out);
</script>"""


def opened(folder, text, width):
    """Return what a page tells of itself in a browser, and what it writes on the console."""
    page = folder / "report.html"
    page.write_text(
        text.replace("</title>", f"</title>{WATCH}").replace("</body>", f"{PRESS}</body>"), encoding="utf-8"
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    options += [f"--user-data-dir={folder}/user", f"--window-size={width},900"]
    command = [BROWSER, *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.S)
    assert told, done.stderr
    return json.loads(html.unescape(told.group(1))), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(BROWSER is None, reason="no browser")
@pytest.mark.parametrize("width", [400, 1200])
def test_in_a_browser(tmp_path, width):
    x = np.array([3.0, 1.0, 2.0, -1.0])
    report = gradproof.check(
        lambda x: float(np.sum(x**2)), lambda x: 2 * x + [1, np.nan, 3.5, 4], x, names=["c", "a", "<i>b</i>", "d"]
    )
    told, console = opened(tmp_path, report.to_html(), width)
    assert told["faults"] == []
    assert console == []
    assert told["requests"] == 0
    # Nothing but the table is wider than the window.
    assert told["width"] <= told["room"]
    names = [one.name for one in report.findings]
    assert told["before"] == names
    assert sorted(told["0up"]) == sorted(names)
    assert told["0down"] == told["0up"][::-1]
    by_claim = [one.name for one in sorted(report.findings, key=lambda one: one.claimed) if np.isfinite(one.claimed)]
    # Plots are as large as they are drawn, whatever the table does, so that their numbers can be read.
    assert [size for size, _ in told["plots"]] == [300] * 3
    assert min(dots for _, dots in told["plots"]) > 0
    # What is not a number comes last, whichever way.
    assert told["1up"] == [*by_claim, "a"]
    assert told["1down"] == [*by_claim[::-1], "a"]


@pytest.mark.parametrize("size", [5e-324, 1e-300, 1.0, 1.7e308])
def test_ladders_at_both_ends_of_the_numbers(size):
    rungs = [Rung(0.5**power, 0.0, 0.0, size * share, 0.0, size) for power, share in enumerate((0.0, 0.5, 1.0))]
    drawn = ladder(rungs, 0.0, "x[0]")
    assert drawn.count('class="dot"') + drawn.count('class="zero"') == len(rungs)
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert ladder([one._replace(slope=np.nan) for one in rungs], 0.0, "x[0]") == ""
