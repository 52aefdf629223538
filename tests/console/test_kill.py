"""The console is killed again and again while it is written to; nothing acknowledged is lost."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import requests

from tallow_console.store import Store

from .conftest import KEY, ConsoleProcess, wait_for

KILLS_AFTER_ACKS = (3, 11, 24, 40, 61, 90)
LINES_A_PUSH = 20
DAY_NS = 86_400 * 10**9


class Senders:
    """Four clients that push numbered lines over four days, and note what was acknowledged."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._next = 0
        self._is_over = threading.Event()
        self.acknowledged: set[str] = set()
        self.acks = 0
        self.threads = [threading.Thread(target=self._run) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def _run(self) -> None:
        session = requests.Session()
        while not self._is_over.is_set():
            with self._lock:
                first, self._next = self._next, self._next + LINES_A_PUSH
            names = [f"line {n}" for n in range(first, first + LINES_A_PUSH)]
            if self._push(session, names):
                with self._lock:
                    self.acknowledged.update(names)
                    self.acks += 1
            else:
                time.sleep(0.05)

    def _push(self, session: requests.Session, names: list[str]) -> bool:
        now_ns = time.time_ns()
        values = [[str(now_ns - n % 4 * DAY_NS), name] for n, name in enumerate(names)]
        body = json.dumps({"streams": [{"stream": {"app": "shop"}, "values": values}]})
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        try:
            url = self._url + "/loki/api/v1/push"
            return session.post(url, body, headers=headers, timeout=5).status_code == 204
        except requests.RequestException:
            return False

    def stop(self) -> None:
        self._is_over.set()
        for thread in self.threads:
            thread.join(10)


def test_no_acknowledged_line_is_lost_or_doubled_by_kill_9(
    console_process: Callable[..., ConsoleProcess],
) -> None:
    console = console_process()
    console.start()
    senders = Senders(console.url)
    for acks in KILLS_AFTER_ACKS:
        wait_for(lambda acks=acks: senders.acks >= acks, 30.0)
        console.kill()
        console.start()
    senders.stop()
    code, _, said = console.stop()

    assert code == 0, said
    stored = Counter(messages(console.folder / "store"))
    assert [name for name in senders.acknowledged if name not in stored] == []
    assert [name for name, count in stored.items() if count > 1] == []
    assert len(senders.acknowledged) >= KILLS_AFTER_ACKS[-1] * LINES_A_PUSH


def messages(folder: Path) -> list[str]:
    store = Store(folder)
    try:
        return [row["message"] for row in store.query("SELECT message FROM tallow.logs")]
    finally:
        store.close()
