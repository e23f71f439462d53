import { SHARE_ENV, Worker } from "node:worker_threads";
import { outsideTasks } from "../kernel/current.ts";
import { type Kernel, loggerOfKernel, schedulerOfKernel } from "../kernel/kernel.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { Answerer } from "./answers.ts";
import type { FromService, Question, Setup, ToService } from "./messages.ts";
import { Mirror } from "./mirror.ts";
import { WorkerModules } from "./worker_url.ts";

/** How often the kernel's thread shows that it breathes. */
const BREATH_MS = 100;

/** Where to listen, and to whom. */
type ServiceOptions = Pick<Setup, "hostname" | "port" | "token" | "webPort">;

/** The monitor's thread, as the kernel's thread sees it. */
export class ServiceThread implements Resource {
  readonly #kernel: Kernel;
  readonly #worker: Worker;
  readonly #modules: WorkerModules;
  readonly #mirror: Mirror;
  readonly #answerer: Answerer;
  readonly #breath: ReturnType<typeof setInterval>;
  readonly #listening = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #ended = false;
  /** Where it listens. */
  port = 0;
  /** Where its web view is, if it has one. */
  web: string | null = null;

  private constructor(
    kernel: Kernel,
    setup: ServiceOptions,
    url: string,
    modules: WorkerModules,
  ) {
    const scheduler = schedulerOfKernel(kernel);
    this.#kernel = kernel;
    this.#modules = modules;
    this.#mirror = new Mirror(scheduler, (buffer) => this.#tell({ type: "chunk", buffer }));
    this.#answerer = new Answerer(scheduler, this.#mirror);
    const workerData: Setup = {
      ...setup,
      table: this.#mirror.shared,
      program: nameOfProgram(),
      pid: Deno.pid,
    };
    const code = `import { parentPort, workerData } from "node:worker_threads";
import { serve } from ${JSON.stringify(url)};
serve(parentPort, workerData);`;
    this.#worker = new Worker(
      new URL(`data:text/javascript,${encodeURIComponent(code)}`),
      // A copy of the environment would be read now, and at a terminal Deno would ask whether it may be.
      { workerData, env: SHARE_ENV },
    );
    this.#worker.on("message", (message: FromService) => this.#told(message));
    this.#worker.on("error", (error: Error) => this.#failed(error));
    this.#breath = setInterval(() => this.#mirror.breathe(), BREATH_MS);
    Deno.unrefTimer(this.#breath as unknown as number);
    scheduler.observe(this.#mirror);
  }

  /** Starts it; resolves when it listens. */
  static async start(kernel: Kernel, setup: ServiceOptions): Promise<ServiceThread> {
    const modules = new WorkerModules();
    const url = await modules.urlOf(new URL("./service.ts", import.meta.url).href);
    // What the thread's messages cause is no task's doing, whoever starts the monitor.
    const service = outsideTasks(() => new ServiceThread(kernel, setup, url, modules));
    try {
      await service.#listening.promise;
    } catch (error) {
      await service.#end();
      throw error;
    }
    // From here on, what keeps the process alive is the program's business.
    service.#worker.unref();
    noteOpen(service);
    return service;
  }

  describeOpen(): string {
    return `a monitor on port ${this.port}`;
  }

  /** Has it hang up, and ends it. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#tell({ type: "close" });
    await this.#closed.promise;
    await this.#end();
    noteClosed(this);
  }

  async #end(): Promise<void> {
    this.#ended = true;
    schedulerOfKernel(this.#kernel).observe(null);
    clearInterval(this.#breath);
    await this.#worker.terminate();
    await this.#modules.revoke();
  }

  #told(message: FromService): void {
    switch (message.type) {
      case "listening":
        this.port = message.port;
        this.web = message.web;
        this.#listening.resolve();
        break;
      case "failed":
        this.#listening.reject(
          new Error(
            message.inUse
              ? "its port is taken, perhaps by another program's monitor: give another one, or 0 for any"
              : message.why,
          ),
        );
        break;
      case "warning":
        loggerOfKernel(this.#kernel).warn(message.text);
        break;
      case "ask":
        void this.#answer(message.call, message.question);
        break;
      case "closed":
        this.#closed.resolve();
    }
  }

  async #answer(call: number, question: Question): Promise<void> {
    // Nothing that a look at the program may run into is worth its life.
    const value = await this.#answerer.answer(question).catch(() => null);
    this.#tell({ type: "answer", call, value });
  }

  #failed(error: Error): void {
    if (this.port !== 0) {
      loggerOfKernel(this.#kernel).warn(`The monitor has failed: ${error.message}`);
    }
    this.#listening.reject(error);
    this.#closed.resolve();
  }

  #tell(message: ToService): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }
}

function nameOfProgram(): string {
  try {
    return Deno.mainModule.replace(/^file:\/\//, "");
  } catch {
    return "Deno program";
  }
}
