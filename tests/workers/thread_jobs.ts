/** A worker module of async threads, which imports the library as any program does. */
import {
  AWAIT,
  CancelledError,
  type Event,
  Lock,
  Queue,
  sleep,
  socket,
  spawnThread,
  TaskTimeout,
  timeoutAfter,
  UniversalQueue,
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

export function ownLock(): void {
  AWAIT(new Lock().run(() => {}));
}

/** Has an item, but that is a promise here. */
export function ownUniversalQueue(): void {
  const queue = new UniversalQueue<number>();
  queue.putNowait(1);
  AWAIT(queue.get());
}

export function foreignPromise(): boolean {
  const promise = Promise.resolve(1);
  return AWAIT(promise) as unknown === promise;
}

export async function asynchronous(): Promise<void> {
  await spawnThread(ownQueue).join();
}
