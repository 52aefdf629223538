"""A transfer from its first state to its last: handshake, offer, chunks, end."""

from .receive import Offer, receive_file
from .report import report_of
from .send import send_file
from .states import STATES, State, Transfer

__all__ = [
    "STATES",
    "Offer",
    "State",
    "Transfer",
    "receive_file",
    "report_of",
    "send_file",
]
