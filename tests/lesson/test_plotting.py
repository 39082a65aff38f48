"""The picture of a study: what is drawn, with which labels, and what happens without matplotlib."""

import sys

import numpy as np
import pytest

import gradproof


def study(distance=None):
    def f(v):
        kink = 0.0 if distance is None else abs(v[0] - 1 - distance)
        return float(np.exp(v[0]) + kink)

    return gradproof.study(f, np.array([1.0]))


def axes_of(found):
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    return found.plot(Figure().add_subplot())


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_axes_are_logarithmic_and_labelled():
    axes = axes_of(study())
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "step h"
    assert axes.get_ylabel() == "|slope - best slope|"
    assert "x[0]" in axes.get_title()


def test_curves_orders_best_steps_and_noise_are_drawn():
    found = study()
    axes = axes_of(found)
    seen = labels(axes)
    assert seen.count("noise floor / h") == 2
    for label in ("forward", "centered", "order 1.00", "order 2.00"):
        assert label in seen
    assert sum(label.startswith("best step") for label in seen) == 2
    assert not any("kink" in label for label in seen)
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert np.all(
        np.diff(np.log(lines["order 2.00"].get_ydata())) / np.diff(np.log(lines["order 2.00"].get_xdata())) > 1.9
    )
    shown = lines["forward"]
    assert set(shown.get_xdata()) <= set(found.steps)
    assert set(shown.get_ydata()) <= set(found.forward.errors)


@pytest.mark.parametrize("distance", [0.001, -0.001])
def test_a_kink_is_drawn_where_it_is(distance):
    axes = axes_of(study(distance))
    kinks = [line for line in axes.get_lines() if str(line.get_label()).startswith("kink")]
    assert len(kinks) == 1
    assert kinks[0].get_xdata()[0] == pytest.approx(abs(distance), rel=1e-6)
    assert kinks[0].get_label() == f"kink at x {'-' if distance < 0 else '+'} 1.0e-3"


def test_a_kink_at_x_is_in_the_title():
    axes = axes_of(gradproof.study(lambda v: abs(v[0]) + v[0], np.array([0.0])))
    assert "(kink at x)" in axes.get_title()


@pytest.mark.parametrize("f", [lambda v: 3.0, lambda v: float(np.sqrt(v[0]))], ids=["constant", "edge"])
def test_what_has_nothing_to_draw_is_drawn(f, tmp_path):
    pytest.importorskip("matplotlib")
    with np.errstate(all="ignore"):
        gradproof.study(f, np.zeros(1)).save_plot(tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_files(tmp_path):
    pytest.importorskip("matplotlib")
    found = study(0.001)
    found.save_plot(tmp_path / "a.svg")
    found.save_plot(str(tmp_path / "b.svg"))
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "step h" in text
    assert "kink at x + 1.0e-3" in text
    assert text == (tmp_path / "b.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="of this kind"):
        found.save_plot(tmp_path / "c.txt")
    with pytest.raises(FileNotFoundError):
        found.save_plot(tmp_path / "none" / "c.svg")


def test_by_default_it_is_a_figure_of_pyplot():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    axes = study().plot()
    assert axes.figure.number in pyplot.get_fignums()
    pyplot.close(axes.figure)


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    found = study()
    for name in list(sys.modules):
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for draw in (found.plot, lambda: found.save_plot("out.svg")):
        with pytest.raises(ImportError, match=r"pip install 'gradproof\[plot\]'"):
            draw()
    assert "order 2.00" in str(found)
