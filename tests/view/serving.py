"""A web server for the tests, as a public one serves: packed, with ETags, and it counts bytes."""

import functools
import gzip
import hashlib
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

BLOCKED = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""The flag with which Chromium finds no host but this machine."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        packed = self.server.packed.get(path)
        if packed is None:
            packed = self.server.packed[path] = gzip.compress(path.read_bytes(), 6, mtime=0)
        tag = f'"{hashlib.sha256(packed).hexdigest()[:16]}"'
        known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        if not known:
            self.send_header("Content-Type", self.guess_type(path))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        if not known:
            self.wfile.write(packed)
            self.server.sent += len(packed)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
        self.packed, self.sent = {}, 0
        self.home = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A browser that goes away is no error."""

    def close(self):
        self.shutdown()
        self.server_close()


@contextmanager
def serving(folder):
    server = _Server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.close()
