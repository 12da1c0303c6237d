# SPDX-License-Identifier: MIT
"""receiver.py (udp | PATH) ADDRESS-FILE OUT - keeps each datagram as a line of JSON, until SIGTERM.

What was sent until then is kept, too: who has sent it has been told that it arrived.
"""
import json
import os
import select
import signal
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
    def keep(datagram):
        stream.write(json.dumps(datagram.decode()) + "\n")
        stream.flush()

    def end(*_):
        try:
            receiver.shutdown(socket.SHUT_RD)  # nothing more comes
        except OSError:
            pass  # UDP
        receiver.setblocking(False)
        try:
            while datagram := receiver.recv(65536):
                keep(datagram)
        except BlockingIOError:
            pass
        os._exit(0)

    # Blocked but for while it waits: what has been taken is written.
    signal.signal(signal.SIGTERM, end)
    while True:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        select.select([receiver], [], [])
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        keep(receiver.recv(65536))
