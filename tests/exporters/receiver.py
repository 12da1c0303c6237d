# SPDX-License-Identifier: MIT
"""receiver.py (udp | PATH) ADDRESS-FILE OUT - keeps each datagram as a line of JSON, until it is killed."""
import json
import os
import socket
import sys

where, address_file, out = sys.argv[1:]
if where == "udp":
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    receiver.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % receiver.getsockname()[1]
else:
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if os.path.exists(where):
        os.unlink(where)
    receiver.bind(where)
    address = "unix:" + where
with open(out, "a", encoding="utf-8") as stream:
    with open(address_file + ".new", "w", encoding="utf-8") as told:
        told.write(address)
    os.rename(address_file + ".new", address_file)
    while True:
        stream.write(json.dumps(receiver.recv(65536).decode()) + "\n")
        stream.flush()
