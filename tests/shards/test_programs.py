"""The programs of the page on large models, as they stand there: several processes, none of which has all of x."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gradproof

SOURCE = Path(gradproof.__file__).parent.parent
PAGE = (SOURCE / "gradproof" / "docs" / "large.md").read_text(encoding="utf-8")
PROGRAMS = {name: text for text, name in re.findall(r"^```py\n(# (\w+)\.py: .*?)^```$", PAGE, re.M | re.S)}
# Seconds: a cluster takes some to begin with, more where others work on the same machine.
PATIENCE = 240


def printed(folder, name, launcher, edit=lambda text: text):
    """What a program prints; its exit status and its errors where it fails."""
    text = edit(PROGRAMS[name])
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), *sys.path]), "OMP_NUM_THREADS": "1"}
    # Processes that share the cores of one machine, perhaps in a container.
    environment |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "GLOO_SOCKET_IFNAME": "lo"}
    environment |= {"OMPI_MCA_rmaps_base_oversubscribe": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    command = [*launcher, f"{name}.py"]
    said = subprocess.PIPE
    run = subprocess.run(
        command, cwd=folder, env=environment, stdout=said, stderr=said, text=True, timeout=PATIENCE, check=False
    )
    return run.stdout if run.returncode == 0 else f"status {run.returncode}: {run.stdout}{run.stderr}"


def needs(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}")


def test_the_page_has_a_program_for_each():
    assert sorted(PROGRAMS) == ["dask_blocks", "fsdp", "mpi", "mpi_executor", "ray_actors"]


def test_mpi(tmp_path):
    needs("mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("needs mpiexec")
    two, three = (["mpiexec", "-n", str(ranks), sys.executable, "-m", "mpi4py"] for ranks in (2, 3))
    assert "x[99999]" in printed(tmp_path, "mpi", three)
    # Twin: without the bug.
    right = printed(tmp_path, "mpi", two, lambda text: text.replace("+= 1 ", "+= 0 ").replace("[n - 1]", "[]"))
    assert right.startswith("right")
    # What one process raises on the way ends all.
    raising = "np.sum(point**4) * (1 // int(comm.rank != 1 or check.evaluations < 9))"
    said = printed(tmp_path, "mpi", three, lambda text: text.replace("np.sum(point**4)", raising))
    assert re.match(r"status [1-9]", said)
    assert "ZeroDivisionError" in said


def test_the_executor_of_mpi(tmp_path):
    needs("mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("needs mpiexec")
    launcher = ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures"]
    assert "x[314]" in printed(tmp_path, "mpi_executor", launcher)


def test_fsdp(tmp_path):
    needs("torch", "sympy")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    assert printed(tmp_path, "fsdp", launcher).startswith("right")
    # Twin: a gradient of one layer that is twice what it should be.
    wrong = PROGRAMS["fsdp"].replace("loss().backward()\n", "loss().backward()\nmodel[2].weight.grad.mul_(2)\n")
    wrong = wrong.replace("assert report\n", "assert not report\n")
    said = printed(tmp_path, "fsdp", launcher, lambda _: wrong)
    assert re.search(r"^ *arrays +wrong: 2.weight", said, re.M), said


def test_dask(tmp_path):
    needs("distributed")
    assert "x[31415]" in printed(tmp_path, "dask_blocks", [sys.executable])


def test_ray(tmp_path):
    needs("ray")
    assert printed(tmp_path, "ray_actors", [sys.executable]).startswith("right")
