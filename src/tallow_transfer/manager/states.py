"""The states of a transfer and the steps between them that there are."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from tallow_transfer import telemetry
from tallow_transfer.connections import Method
from tallow_transfer.exceptions import TransferError
from tallow_transfer.signaling import PeerState, Role

__all__ = ["STATES", "State", "Transfer"]

State = Literal[
    "idle", "connecting", "negotiating", "transferring", "paused", "completed", "failed"
]
STATES: Final[tuple[State, ...]] = get_args(State)

_STEPS: Final[Mapping[State, frozenset[State]]] = {
    "idle": frozenset({"connecting", "failed"}),
    "connecting": frozenset({"negotiating", "failed"}),
    "negotiating": frozenset({"transferring", "paused", "failed"}),
    "transferring": frozenset({"paused", "completed", "failed"}),
    "paused": frozenset({"negotiating", "transferring", "failed"}),
    "completed": frozenset(),
    "failed": frozenset(),
}


@dataclass(slots=True, eq=False)
class Transfer:
    """One transfer as one side sees it. `watch` is called after every change worth showing.

    `done_bytes` is what the receiver has on disk. `operations` holds how long each cryptographic
    operation took, by `(operation, algorithm)`; `reports` says whether the server may be told how
    it went.
    """

    role: Role
    watch: Callable[["Transfer"], None] = lambda _: None
    now: Callable[[], float] = time.monotonic
    state: State = "idle"
    method: Method = "relay"
    name: str = field(default="", repr=False)
    size_bytes: int = 0
    done_bytes: int = 0
    correlation_id: str = ""
    reports: bool = True
    error: TransferError | None = None
    steps: list[telemetry.Step] = field(default_factory=list)
    operations: dict[tuple[str, str], float] = field(default_factory=dict)
    _before_pause: State = "idle"
    _began_s: float = 0.0
    _ended_s: float = 0.0

    def to(self, state: State) -> None:
        """Go to another state and leave a breadcrumb.

        Raises:
            RuntimeError: there is no such step: a fault of ours.
        """
        if state not in _STEPS[self.state]:
            raise RuntimeError(f"no step from {self.state} to {state}")
        self.state = state
        if state == "transferring" and not self._began_s:
            self._began_s = self.now()
        if state in {"completed", "failed"}:
            self._ended_s = self.now()
        made = telemetry.Step(self.role, state, self.method)
        self.steps.append(made)
        telemetry.step(made)
        self.watch(self)

    def peer(self, state: PeerState) -> None:
        """Pause while the other side is away, and go on when it is back."""
        if state == "away" and self.state in {"negotiating", "transferring"}:
            self._before_pause = self.state
            self.to("paused")
        elif state == "here" and self.state == "paused":
            self.to(self._before_pause)

    def moved(self, done_bytes: int) -> None:
        """Note how much the receiver has."""
        self.done_bytes = done_bytes
        self.watch(self)

    def fail(self, error: TransferError) -> None:
        """End it with an error, unless it has ended."""
        if self.state not in {"completed", "failed"}:
            self.error = error
            self.to("failed")

    def timed(self, operation: str, algorithm: str, duration_s: float) -> None:
        """Add the time one cryptographic operation took."""
        key = (operation, algorithm)
        self.operations[key] = self.operations.get(key, 0.0) + duration_s
        telemetry.record_crypto_operation(operation, algorithm, duration_s)

    @property
    def duration_s(self) -> float:
        """Seconds from the first byte to the end, or to now."""
        if not self._began_s:
            return 0.0
        return (self._ended_s or self.now()) - self._began_s
