/** A worker module of async threads, which imports the library as any program does. */
import {
  AWAIT,
  CancelledError,
  type Event,
  Queue,
  sleep,
  socket,
  spawnThread,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";

const GREETING = "hello";

export function greet(queue: Queue<string>): string {
  AWAIT(sleep(0.001));
  AWAIT(queue.put(GREETING));
  try {
    AWAIT(timeoutAfter(0.001, sleep, 10));
  } catch (error) {
    if (error instanceof TaskTimeout) return error.name;
  }
  return "no timeout";
}

export function lookUp(): boolean {
  const [info] = AWAIT(socket.getaddrinfo("127.0.0.1", 80));
  const sock = socket.socket();
  sock.bind(["127.0.0.1", 0]);
  const { port } = sock.getsockname();
  AWAIT(sock.close());
  return info.address.port === 80 && port > 0;
}

export function untilCancelled(started: Event): void {
  try {
    started.set();
    AWAIT(sleep(1000));
  } catch (error) {
    if (error instanceof CancelledError) AWAIT(sleep(0));
    throw error;
  }
}

export function ownQueue(): void {
  AWAIT(new Queue<number>().get());
}

export async function asynchronous(): Promise<void> {
  await spawnThread(ownQueue).join();
}
