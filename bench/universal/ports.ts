/** The baseline: what the host's message ports do without a library, and without its guarantees. */
import { Worker } from "node:worker_threads";

/** Starts a worker of `fn`, which is called with its end of a port and `count`. */
function start(fn: (port: MessagePort, count: number, receive: never) => void, count: number) {
  const { port1, port2 } = new MessageChannel();
  const text = `import { receiveMessageOnPort, workerData } from "node:worker_threads";
    (${fn})(workerData.port, workerData.count, receiveMessageOnPort);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`), {
    workerData: { port: port2, count },
    // deno-lint-ignore no-explicit-any -- the port is the web's, and the worker is Node's
    transferList: [port2 as any],
  });
  const end = async () => {
    port1.close();
    await worker.terminate();
  };
  return { port: port1, end };
}

/** Seconds for `count` messages from a worker, one event each. */
export async function portFromWorker(count: number): Promise<number> {
  const { port, end } = start((port, count) => {
    port.onmessage = () => {
      for (let n = 0; n < count; n++) port.postMessage(n);
    };
  }, count);
  const { promise, resolve } = Promise.withResolvers<void>();
  let got = 0;
  port.onmessage = () => {
    if (++got === count) resolve();
  };
  const begin = performance.now();
  port.postMessage("go");
  await promise;
  const seconds = (performance.now() - begin) / 1000;
  await end();
  return seconds;
}

/** Seconds for `count` messages to a worker, one event each. */
export async function portToWorker(count: number): Promise<number> {
  const { port, end } = start((port, count) => {
    let got = 0;
    port.onmessage = () => {
      if (++got === count) port.postMessage("done");
    };
  }, count);
  const done = new Promise((resolve) => port.onmessage = resolve);
  const begin = performance.now();
  for (let n = 0; n < count; n++) port.postMessage(n);
  await done;
  const seconds = (performance.now() - begin) / 1000;
  await end();
  return seconds;
}

/** Milliseconds for `count` questions of a worker that blocks until the answer is there. */
export async function roundTripsToWorker(count: number): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const { port, end } = start((port, count, receive: (port: MessagePort) => unknown) => {
    const words = (receive(port) as { message: Int32Array }).message;
    const ask = () => {
      port.postMessage("question");
      for (;;) {
        const seen = Atomics.load(words, 0);
        if (receive(port) !== undefined) return;
        Atomics.wait(words, 0, seen);
      }
    };
    for (let n = 0; n < count; n++) ask();
    const start = performance.now();
    for (let n = 0; n < count; n++) ask();
    port.postMessage(performance.now() - start);
  }, count);
  port.postMessage(words);
  const milliseconds = await new Promise<number>((resolve) => {
    port.onmessage = ({ data }) => {
      if (typeof data === "number") return resolve(data);
      port.postMessage("answer");
      Atomics.add(words, 0, 1);
      Atomics.notify(words, 0);
    };
  });
  await end();
  return milliseconds;
}
