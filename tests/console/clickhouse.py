"""Stands in for a ClickHouse server: chDB, which is its engine, behind its HTTP interface.

Run as a program: `python clickhouse.py FOLDER PORT`. It proves that the SQL and the real HTTP
client work together on the real engine; what replicates or shards is not in it.
"""

import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb import session

FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*$", re.IGNORECASE)


class Interface(BaseHTTPRequestHandler):
    """`GET /ping` and `POST /?query=…&param_x=…`, one query at a time."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    engine: "session.Session"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        said = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self._chunks())
        sql = said["query"][0].encode() + b"\n" + body if "query" in said else body
        named = {name[6:]: word[0] for name, word in said.items() if name.startswith("param_")}
        found = FORMAT.search(sql)
        given = said.get("default_format", ["TabSeparated"])[0]
        try:
            with self.lock:
                answer = self.engine.query(sql.decode(), (found[1].decode() if found else given),
                                           params=named)  # fmt: skip
            self._answer(200, answer.bytes())
        except Exception as error:
            self._answer(500, str(error).encode())

    def _chunks(self) -> "list[bytes]":
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return chunks

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Timezone", "UTC")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' output is theirs."""


if __name__ == "__main__":
    Interface.engine = session.Session(sys.argv[1])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Interface).serve_forever()
