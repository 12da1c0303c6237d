# SPDX-License-Identifier: MIT
"""otlp-receiver.py ADDRESS-FILE LOG PLAN... - a receiver of OpenTelemetry's metrics that answers as it is told.

Each request gets the next answer of the plan, and when there are no more the last one again:

    200                  taken                      warn      taken, with a warning
    partial              7 points are refused       STATUS    any other status, with words
    STATUS:seconds=N     with a Retry-After         STATUS:date=N
    slow                 no answer                  close     the connection is closed
    garbage              bytes that are no HTTP     flood     200, and 5 MiB of words
    nonsense             200, and words that are neither protobuf nor JSON

With $RECEIVER_CERTIFICATE and $RECEIVER_KEY, files, it speaks TLS as "localhost".

Every request is a line of LOG: when it came, its path, headers, and what it had, unpacked and in base 64.
"""
import base64
import email.utils
import gzip
import http.server
import json
import os
import socket
import ssl
import sys
import threading
import time

plan = sys.argv[3:]
lock = threading.Lock()
log = open(sys.argv[2], "a", encoding="utf-8", buffering=1)


def varint(number):
    data = b""
    while number > 0x7f:
        data += bytes([number & 0x7f | 0x80])
        number >>= 7
    return data + bytes([number])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def is_json(self):
        return self.headers["Content-Type"] == "application/json"

    def taken(self, n_rejected, words):
        """An ExportMetricsServiceResponse."""
        if self.is_json():
            partial = {"rejectedDataPoints": str(n_rejected), "errorMessage": words}
            return json.dumps({"partialSuccess": partial} if words else {}).encode()
        return field(1, b"\x08" + varint(n_rejected) + field(2, words.encode())) if words else b""

    def refused(self, words):
        """A google.rpc.Status."""
        return json.dumps({"code": 3, "message": words}).encode() if self.is_json() else b"\x08\x03" + field(2, words.encode())

    def do_POST(self):
        came = time.clock_gettime(time.CLOCK_MONOTONIC)
        data = self.rfile.read(int(self.headers["Content-Length"]))
        n_sent = len(data)
        if self.headers["Content-Encoding"] == "gzip":
            data = gzip.decompress(data)
        with lock:
            answer = plan.pop(0) if len(plan) > 1 else plan[0]
            log.write(json.dumps({"came": came, "path": self.path, "headers": dict(self.headers), "n_sent": n_sent,
                                  "answer": answer, "port": self.client_address[1],
                                  "data": base64.b64encode(data).decode()}) + "\n")
        self.answer(*answer.partition(":")[::2])

    def answer(self, word, more):
        if word == "slow":
            threading.Event().wait()
        elif word == "close":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif word == "garbage":
            self.close_connection = True
            self.wfile.write(b"\x16\x03\x01 what do you want?\r\n\r\n" * 100)
        elif word == "flood":
            self.send(200, b"x" * (5 << 20))
        elif word == "nonsense":
            self.send(200, b"<html>It works!</html>")
        elif word == "partial":
            self.send(200, self.taken(7, "too \x1b[31mold"))
        elif word == "warn":
            self.send(200, self.taken(0, "deprecated"))
        elif word == "200":
            self.send(200, self.taken(0, ""))
        else:
            self.send(int(word), self.refused("as planned"), more)

    def send(self, status, body, more=""):
        self.send_response(status)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        kind, _, number = more.partition("=")
        if kind == "seconds":
            self.send_header("Retry-After", number)
        elif kind == "date":
            self.send_header("Retry-After", email.utils.formatdate(time.time() + int(number), usegmt=True))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Receiver)
base = "http://127.0.0.1"
if "RECEIVER_CERTIFICATE" in os.environ:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["RECEIVER_CERTIFICATE"], os.environ["RECEIVER_KEY"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    base = "https://localhost"
with open(sys.argv[1] + ".new", "w", encoding="utf-8") as file:
    file.write("%s:%d" % (base, server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
