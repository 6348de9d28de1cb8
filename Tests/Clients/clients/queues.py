"""celery and RQ: `queues.py PORT celery|rq`.

celery has no cluster client: a tag as the prefix of all its names keeps them with one master, to which it is sent. RQ
puts jobs into queues by redis-py's cluster client; its worker takes none.
"""

import sys
from importlib.metadata import version

from scenario import NotOffered, NotThere, Trial, equal, expect, run


def known(error):
    """Ends the step where the server has no such command yet."""
    if "unknown command" in str(error):
        raise NotThere(str(error).split(",")[0]) from error


class CeleryTrial(Trial):
    """Results first, then tasks through the queue and a worker."""

    steps = ["connect", "results", "broker"]

    def connect(self):
        from celery import Celery

        url = f"redis://127.0.0.1:{self.cluster.owner('{celery}').port}/0"
        self.app = Celery("trial", broker=url, backend=url)
        self.app.conf.update(
            broker_transport_options={"global_keyprefix": "{celery}"}, broker_connection_retry_on_startup=False,
            result_backend_transport_options={"global_keyprefix": "{celery}"})

        @self.app.task(name="add")
        def add(x, y):
            return x + y

        self.add = add
        expect(self.app.backend.client.ping(), "PING")

    def results(self):
        backend = self.app.backend
        for number in range(50):
            backend.store_result(f"task-{number}", number * 2, "SUCCESS")
        for number in range(50):
            equal(backend.get_result(f"task-{number}"), number * 2)
        backend.forget("task-1")
        equal(backend.get_state("task-1"), "PENDING")

    def broker(self):
        try:
            with self.app.connection_for_write() as connection:
                self.add.apply_async((1, 2), connection=connection, retry=False)
                queue = connection.SimpleQueue("celery")
                # Taking a message marks it in a sorted set until it is acknowledged.
                queue.get(timeout=10).ack()
                queue.close()
        except Exception as error:
            known(error)
            raise
        self.work()

    def work(self):
        from celery.contrib.testing.worker import start_worker

        with start_worker(self.app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
            results = [self.add.delay(number, 1) for number in range(10)]
            equal([result.get(timeout=10) for result in results], list(range(1, 11)))


class RQTrial(Trial):
    """Jobs into the queue, and a worker of this process until it is empty."""

    steps = ["connect", "queue", "worker"]

    def connect(self):
        from redis.cluster import RedisCluster

        self.client = RedisCluster(host="127.0.0.1", port=self.port)
        expect(self.client.ping(), "PING")

    def queue(self):
        from rq import Queue

        self.jobs = Queue("trial", connection=self.client)
        self.job = self.jobs.enqueue("builtins.len", "abc")
        equal(len(self.jobs), 1)

    def worker(self):
        from rq import SimpleWorker

        try:
            worker = SimpleWorker([self.jobs], connection=self.client)
        except AttributeError as error:
            raise NotOffered(f"its worker takes no cluster client: {error}") from error
        try:
            worker.work(burst=True, with_scheduler=False)
        except Exception as error:
            known(error)
            raise
        equal(self.job.return_value(refresh=True), 3)


if __name__ == "__main__":
    name = sys.argv[2]
    trial = {"celery": CeleryTrial, "rq": RQTrial}[name]
    run(lambda port, name: trial(port), version(name))
