"""Python's asyncio: the same operations, and the same loop over standard input as contestant.ts."""
import asyncio
import platform
import sys
from time import perf_counter

SLEEPERS = 1000


async def answer():
    return 42


async def spawnJoin(n):
    start = perf_counter()
    for _ in range(n):
        await asyncio.create_task(answer())
    return perf_counter() - start


async def yieldTurn(n):
    start = perf_counter()
    for _ in range(n):
        await asyncio.sleep(0)
    return perf_counter() - start


async def pingPong(n):
    ping = asyncio.Queue()
    pong = asyncio.Queue()

    async def echo():
        for _ in range(n):
            await pong.put(await ping.get())

    start = perf_counter()
    task = asyncio.create_task(echo())
    for i in range(n):
        await ping.put(i)
        await pong.get()
    await task
    return perf_counter() - start


async def timeout(n):
    start = perf_counter()
    for _ in range(n):
        async with asyncio.timeout(1):
            await answer()
    return perf_counter() - start


async def cancel(n):
    elapsed = 0
    while n > 0:
        size = min(n, SLEEPERS)
        n -= size
        tasks = [asyncio.create_task(asyncio.sleep(1000)) for _ in range(size)]
        await asyncio.sleep(0)
        start = perf_counter()
        for task in tasks:
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
        elapsed += perf_counter() - start
    return elapsed


if __name__ == "__main__":
    print("asyncio", platform.python_version(), flush=True)
    for line in sys.stdin:
        operation, n = line.split()
        print(asyncio.run(globals()[operation](int(n))) * 1000, flush=True)
