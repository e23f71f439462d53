/** The monitor's view of the program: the mirror, and questions to the kernel's thread. */
import type { Answers, Line, Question } from "./messages.ts";
import { heldText, scopesText, silenceText } from "./phrases.ts";
import { isSignalName } from "./signal_names.ts";
import type { HeldView, MonitorSource, ScopesView, Snapshot, StackView } from "./snapshot.ts";
import { stackText } from "./stack_text.ts";
import type { TableReader } from "./table_reader.ts";

/** How long to wait for a kernel that does not answer. */
const PATIENCE_MS = 1000;
/** The table is up to date for so long after it was brought up to date. */
const FRESH_MS = 50;

export class KernelLink implements MonitorSource {
  readonly #table: TableReader;
  readonly #line: Line;
  readonly #open = new Map<number, (value: never) => void>();
  #calls = 0;
  #refreshing: Promise<unknown> | null = null;
  #refreshedAt = -Infinity;

  constructor(table: TableReader, line: Line) {
    this.#table = table;
    this.#line = line;
  }

  /** The kernel's thread has answered. */
  answered(call: number, value: unknown): void {
    this.#open.get(call)?.(value as never);
    this.#open.delete(call);
  }

  snapshot(): Snapshot {
    return this.#table.snapshot();
  }

  async refresh(always: boolean = false): Promise<void> {
    if (this.#table.silentFor > 0) return;
    if (always) await this.#refreshing;
    else if (performance.now() - this.#refreshedAt < FRESH_MS) return;
    this.#refreshing ??= this.#ask({ kind: "refresh" }, 200).finally(() => {
      this.#refreshing = null;
      this.#refreshedAt = performance.now();
    });
    await this.#refreshing;
  }

  async where(id: number): Promise<StackView> {
    const view = this.#task(id);
    if (view === undefined) return { text: noTask(id), frames: [] };
    const answer = await this.#ask({ kind: "where", id });
    if (answer === null) return { text: noTask(id), frames: [] };
    if (answer !== undefined) {
      const { task, frames, why } = answer;
      return { text: stackText(task, frames, why), frames };
    }
    const { name, state, operation } = view;
    const last = operation === null
      ? ""
      : state === "RUNNING"
      ? ` It last waited in ${operation}.`
      : ` It waits in ${operation}.`;
    const task = `Task(id=${id}, name='${name}', state='${state}')`;
    return { text: `No stack for ${task}: ${this.#silence()}.${last}\n`, frames: [] };
  }

  async cancel(id: number): Promise<string> {
    if (this.#task(id) === undefined) return noTask(id);
    const answer = await this.#ask({ kind: "cancel", id });
    if (answer === null) return noTask(id);
    if (answer === undefined) {
      const silence = sentence(this.#silence());
      return `Cancelling task ${id}\n${silence}. The cancellation waits for it.\n`;
    }
    return `Cancelling task ${id}\n`;
  }

  async signal(name: string): Promise<string> {
    if (!isSignalName(name)) return `Unknown signal ${name}\n`;
    const signal = name as Deno.Signal;
    if (Deno.permissions.querySync({ name: "run" }).state === "granted") {
      try {
        Deno.kill(this.#table.pid, signal);
        return "";
      } catch (error) {
        return `Cannot send ${name}: ${error instanceof Error ? error.message : error}\n`;
      }
    }
    const answer = await this.#ask({ kind: "raise", signal: name });
    if (answer === true) return "";
    return answer === undefined
      ? `${sentence(this.#silence())}. ${name} waits for it.\n`
      : `Cannot send ${name} because nothing in the program listens for it: a real signal needs --allow-run\n`;
  }

  async scopes(id: number): Promise<ScopesView> {
    if (this.#task(id) === undefined) return { text: noTask(id), scopes: [] };
    const answer = await this.#ask({ kind: "scopes", id });
    if (answer === null) return { text: noTask(id), scopes: [] };
    if (answer === undefined) return { text: `${sentence(this.#silence())}.\n`, scopes: [] };
    return { text: scopesText(answer.task, answer.scopes), scopes: answer.scopes };
  }

  async held(): Promise<HeldView> {
    const locks = await this.#ask({ kind: "held" });
    if (locks === undefined || locks === null) {
      return { text: `${sentence(this.#silence())}.\n`, locks: [] };
    }
    return { text: heldText(locks, this.snapshot().tasks), locks };
  }

  #task(id: number): Snapshot["tasks"][number] | undefined {
    return this.snapshot().tasks.find((task) => task.id === id);
  }

  #silence(): string {
    return silenceText(this.snapshot());
  }

  /** Asks the kernel's thread; `undefined` if it does not answer in time. */
  async #ask<K extends Question["kind"]>(
    question: Question & { readonly kind: K },
    patience: number = PATIENCE_MS,
  ): Promise<Answers[K] | undefined> {
    const call = ++this.#calls;
    const { promise, resolve } = Promise.withResolvers<Answers[K] | undefined>();
    this.#open.set(call, resolve);
    const timer = setTimeout(() => {
      this.#open.delete(call);
      resolve(undefined);
    }, patience);
    this.#line.postMessage({ type: "ask", call, question });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

function noTask(id: number): string {
  return `No task ${id}\n`;
}

function sentence(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
