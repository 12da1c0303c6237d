# SPDX-License-Identifier: MIT
"""relay.py ADDRESS ADDRESS-FILE - hands scrapes on, of /text and /openmetrics as if they were asked for by Accept.

A Prometheus asks for one format only: the best that it knows.
"""
import http.server
import os
import sys
import urllib.request

accepts = {"/text": "text/plain;version=0.0.4", "/openmetrics": "application/openmetrics-text;version=1.0.0"}


class Relay(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        request = urllib.request.Request(f"http://{sys.argv[1]}/metrics", headers={"Accept": accepts[self.path]})
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
with open(sys.argv[2] + ".new", "w", encoding="utf-8") as told:
    told.write("127.0.0.1:%d" % server.server_port)
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
