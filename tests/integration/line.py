"""A line between a gateway and its brokers that a test may cut, and make as slow as a bad radio link.

Bytes of all connections towards the brokers share one rate; little is buffered on the way, as on such a line.
"""
import select
import socket
import threading
import time

BUFFER = 4096


class Line:
    """ports: broker's ports; self.ports are those for the gateway, in that order. bytes_per_s: None: no limit."""

    def __init__(self, *ports, bytes_per_s=None):
        self.bytes_per_s = bytes_per_s
        self.pairs = []
        self.lock = threading.Lock()
        self.open = True
        self.free_at = time.monotonic()
        self.listeners = []
        self.barred = frozenset()
        for port in ports:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            self.listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()
        self.ports = [listener.getsockname()[1] for listener in self.listeners]

    def close(self):
        self.cut()
        self.open = False
        for listener in self.listeners:
            listener.close()

    def cut(self):
        """Every connection breaks, in the middle of whatever is on it."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def bar(self, number, barred=True):
        """Nobody gets through that port any more: what is open breaks, what comes is closed."""
        self.barred = self.barred | {number} if barred else self.barred - {number}
        if barred:
            self.cut()

    def _accept(self, listener, port):
        while True:
            try:
                gateway, _ = listener.accept()
            except OSError:
                return
            if listener in [self.listeners[number] for number in self.barred]:
                gateway.close()
                continue
            broker = socket.socket()
            try:
                broker.connect(("127.0.0.1", port))
            except OSError:
                gateway.close()
                continue
            for end in (gateway, broker):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pairs.append((gateway, broker))
            threading.Thread(target=self._carry, args=(gateway, broker, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(broker, gateway, False), daemon=True).start()

    def _wait_turn(self, size, rate):
        with self.lock:
            now = time.monotonic()
            self.free_at = max(self.free_at, now) + size / rate
            wait = self.free_at - now
        time.sleep(wait)

    def _carry(self, source, target, up):
        try:
            while True:
                select.select([source], [], [])
                rate = self.bytes_per_s
                data = source.recv(rate // 10 if rate else 65536)
                if not data:
                    break
                if up and rate:
                    self._wait_turn(len(data), rate)
                target.sendall(data)
        except (OSError, ValueError):
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
