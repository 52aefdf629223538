"""HTTP/1.1 with a bound on what stands before a body, which the server itself would gather."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedHeads"]

_MOST_BYTES: Final = 64 * 1024
_REASON: Final = b"the headers are over 64 KiB\n"
_REFUSAL: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_REASON), _REASON)
)


class BoundedHeads(HttpToolsProtocol):
    """Gives up on a request whose headers do not end; 431, and the connection is closed."""

    _in_head = True
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Take what came. One read may go over the bound, a second is not asked for."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > _MOST_BYTES and not self.transport.is_closing():
            self.transport.write(_REFUSAL)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to count: a connection may carry one request after another."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is a body, which whoever reads it bounds."""
        self._in_head = False
        super().on_headers_complete()
