"""A proxy on loopback that delays every octet: latency without loss, for benchmarks."""

from __future__ import annotations

import asyncio
from contextlib import suppress


def serve_delayed(front: int, back: int, delay: float) -> None:
    """Forward a port to another until the process ends; each way takes `delay` seconds longer."""
    asyncio.run(_serve(front, back, delay))


async def _serve(front: int, back: int, delay: float) -> None:
    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", back)
        with suppress(ConnectionError):  # a contender that is done may hang up without a word
            await asyncio.gather(_carry(reader, far_writer, delay), _carry(far_reader, writer, delay))

    server = await asyncio.start_server(begin, "127.0.0.1", front, limit=1 << 20)
    await server.serve_forever()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Pass on what comes, each piece `delay` after it came: pieces overtake nothing and hold nothing up."""
    loop = asyncio.get_running_loop()
    while piece := await reader.read(1 << 18):
        loop.call_later(delay, writer.write, piece)
    await asyncio.sleep(delay)
    writer.close()
