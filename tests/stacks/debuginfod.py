#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# debuginfod.py FILE ADDRESS LOG - serves debug files as a debuginfod server does: FILE under its own build id. Writes
# its address into the file ADDRESS when it listens, and a line for each request into LOG.

import http.server
import os
import re
import subprocess
import sys

path, address, log = sys.argv[1:]
notes = subprocess.run(["readelf", "-n", path], capture_output=True, text=True, check=True).stdout
build_id = re.search(r"Build ID: ([0-9a-f]+)", notes)[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == f"/buildid/{build_id}/debuginfo"
        self.send_response(200 if found else 404)
        body = open(path, "rb").read() if found else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        with open(log, "a") as out:
            print(self.path, file=out)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(address + "-", "w") as out:
    print(f"http://127.0.0.1:{server.server_port}", file=out)
os.rename(address + "-", address)
server.serve_forever()
