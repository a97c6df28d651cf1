"""A registry that asks for a token, ignores Range and cuts its first answer short: registry_stand_in.py FOLDER PORTFILE

Serves FOLDER/manifests/NAME and FOLDER/blobs/sha256:HEX under /v2/line/. Requests that come without the token of /token
are turned away; what came to /token is checked for the password.
"""

import base64
import http.server
import os
import sys

FOLDER, PORT_FILE = sys.argv[1], sys.argv[2]
cut = set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), claimed=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if claimed is None else claimed))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        here = f"http://{self.headers['Host']}"
        if self.path.startswith("/token"):
            wanted = "Basic " + base64.b64encode(b"inspector:secret").decode()
            good = self.headers.get("Authorization") == wanted and "scope=repository:line:pull" in self.path.replace("%3A", ":")
            return self.answer(200, b'{"token":"T0K3N"}') if good else self.answer(401)
        if self.headers.get("Authorization") != "Bearer T0K3N":
            challenge = f'Bearer realm="{here}/token",service="test",scope="repository:line:pull"'
            return self.answer(401, headers=[("WWW-Authenticate", challenge)])
        path = os.path.join(FOLDER, self.path.removeprefix("/v2/line/"))
        if ".." in path or not os.path.isfile(path):
            return self.answer(404)
        body = open(path, "rb").read()
        if "/blobs/" in self.path and len(body) > 10_000 and path not in cut:
            cut.add(path)
            self.answer(200, body[: len(body) // 2], claimed=len(body))
            self.close_connection = True
            return None
        return self.answer(200, body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(PORT_FILE + ".part", "w", encoding="ascii") as file:
    file.write(str(server.server_port))
os.rename(PORT_FILE + ".part", PORT_FILE)
server.serve_forever()
