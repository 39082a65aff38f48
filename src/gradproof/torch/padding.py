"""Rows of embeddings whose gradient PyTorch leaves out on purpose, where a check finds it wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..report.cause import Cause
from ..report.report import Report
from .state.state import modules_in


def about_padding(torch: Any, given: Any, tensors: Mapping[str, Any], report: Report) -> Iterator[str]:
    """Yield a note for each row of an embedding that is wrong because it stands for padding.

    Parameters
    ----------
    torch
        PyTorch.
    given
        What the user passes: modules are found in it, and in what functions use from outside.
    tensors
        What was checked, by the names of the report.
    report
        What was found.
    """
    if report.verdict != "wrong":
        return
    layout = report._evidence.layout
    names = {id(tensor): name for name, tensor in tensors.items()}
    starts = {layout.title_of(leaf): leaf.start for leaf in layout.leaves}
    wrong = (one for one in report.findings if one.cause is Cause.WRONG)
    places = [(layout.place(one.start), layout.place(one.stop - 1)) for one in wrong]
    for module in modules_in(torch, given):
        # To read a weight may compute it, and change the state of modules, as spectral normalisation does.
        if not isinstance(module, (torch.nn.Embedding, torch.nn.EmbeddingBag)) or module.padding_idx is None:
            continue
        row, name = module.padding_idx, names.get(id(module.weight))
        if name not in starts:
            continue
        low, width = starts[name] + row * module.embedding_dim, module.embedding_dim
        if any(low <= first and last < low + width for first, last in places):
            yield (
                f"{name}[{row}] is the row for padding, padding_idx={row}: PyTorch leaves what f looks up there out of "
                "its gradient, on purpose. It is right where f does not depend on what is looked up there: mask it."
            )
