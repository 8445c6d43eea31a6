"""A reader of the soak does what the reading screen does: one key for all tries, the order of the answers, the server's word."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from tools.load_client import LoadedReader
from tools.soak import readers
from tools.soak.ledger import Ledger
from tools.soak.readers import Panel, grade_together

STORED, AWAY, REFUSED, SIGNED_OUT = 201, 503, 409, 403


def _run(work):
    """In a thread of its own: where a browser was driven before, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Server:
    """Answers with these statuses, one after the other, then with 201; `told` is what it was sent."""

    def __init__(self, *statuses):
        self.statuses, self.told, self.port = list(statuses), [], 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error):
        self.server.close()

    async def talk(self, reader, writer):
        while head := await self.line(reader):
            fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            body = json.loads(await reader.readexactly(int(fields["Content-Length"])))
            self.told.append((fields["Idempotency-Key"], body["position"]))
            status = self.statuses.pop(0) if self.statuses else STORED
            if status is None:
                writer.transport.abort()
                return
            said = {"position": body["position"]} if status == STORED else {"code": "some"}
            content = json.dumps(said).encode()
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
            )
        writer.close()

    async def line(self, reader):
        try:
            return (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            return ""


def graded(tmp_path, monkeypatch, *statuses, positions=("p1", "p2")):
    """What the server was told and what the panel knows, after one reader has graded these positions."""
    monkeypatch.setattr(readers, "FIRST_WAIT", 0.001)

    async def go():
        async with Server(*statuses) as server:
            ledger = Ledger(tmp_path / "ledger.jsonl")
            panel = Panel(server.port, 0.0, ledger, sees_images=False)
            await grade_together([LoadedReader("s", positions)], panel, seed=1)
            ledger.close()
            return server.told, panel

    return _run(go())


def keys(told):
    return len({key for key, _ in told})


def test_answers_come_in_order_and_are_written_down(tmp_path, monkeypatch):
    told, panel = graded(tmp_path, monkeypatch)
    assert [position for _, position in told] == ["p1", "p2"]
    assert [entry.attempt for entry in panel.ledger.acknowledged()] == [key for key, _ in told]
    assert panel.tally.acknowledged == 2


def test_what_has_no_answer_is_sent_again_under_its_key(tmp_path, monkeypatch):
    told, panel = graded(tmp_path, monkeypatch, AWAY, None, 500)
    assert [position for _, position in told][-1] == "p2"
    assert keys(told) == 2
    assert len(told) > 3
    assert len(panel.ledger.acknowledged()) == 2
    assert not panel.in_trouble
    assert any(fault.startswith("503") for fault in panel.tally.faults)


def test_what_is_refused_is_counted_and_not_sent_again(tmp_path, monkeypatch):
    told, panel = graded(tmp_path, monkeypatch, REFUSED)
    assert len(told) == 2
    assert panel.refused == ["409 some: "]
    assert len(panel.ledger.acknowledged()) == 1


def test_a_reader_who_is_signed_out_is_counted(tmp_path, monkeypatch):
    _, panel = graded(tmp_path, monkeypatch, SIGNED_OUT)
    assert panel.stopped == ["s"]
