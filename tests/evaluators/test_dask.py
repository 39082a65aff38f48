"""A real Dask cluster of two processes."""

import os
import signal

import pytest
import workers
from workers import X, faulty, fields, objective, right, slow

import gradproof
from gradproof.evaluators.workers.futures import workers_of

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("gradient", [right, faulty])
def test_the_report_is_that_without(client, gradient, mode):
    executor = client.get_executor()
    assert workers_of(executor) == 2
    report = gradproof.check(objective, gradient, X, mode=mode, executor=executor)
    assert fields(report) == fields(gradproof.check(objective, gradient, X, mode=mode))
    assert bool(report) == (gradient is right)


def test_the_client_itself_and_a_closure(client):
    report = gradproof.check(lambda x: 0.0 + objective(x), faulty, X, executor=client)
    assert fields(report) == fields(gradproof.check(objective, faulty, X))


def test_what_is_raised_at_x(client):
    with pytest.raises(workers.StubbornError, match=r"^mine$"):
        gradproof.check(workers.failing, right, X, executor=client.get_executor())


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
def test_a_worker_is_killed_on_the_way(client):
    victims = list(client.run(os.getpid).values())[:1]

    def kill(done, _total):
        if done > 200 and victims:
            os.kill(victims.pop(), signal.SIGKILL)

    report = gradproof.check(slow, faulty, X, executor=client.get_executor(), progress=kill)
    assert not victims
    assert fields(report) == fields(gradproof.check(objective, faulty, X))
