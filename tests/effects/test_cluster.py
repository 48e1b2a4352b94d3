"""A Dask cluster that is left by its workers."""

import time

import pytest
from distributed import LocalCluster

from splitter.effects import cluster
from splitter.errors import OutsideError

pytestmark = pytest.mark.xdist_group("dask")


def test_a_cluster_without_workers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as local,
        cluster.cluster(local.scheduler_address) as hired,
    ):
        monkeypatch.setattr(cluster, "SECONDS", 1)
        hired.submit("first", abs, -1)
        assert list(hired.finished()) == [("first", 1)]
        local.scale(0)
        while hired.size:
            time.sleep(0.05)
        hired.submit("second", abs, -2)
        with pytest.raises(OutsideError, match="has had no workers for 1 s"):
            _wait(hired)


def _wait(hired: cluster.Cluster) -> None:
    for _ in range(20):
        list(hired.finished())
