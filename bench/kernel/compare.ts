import { Child, pythonVersion } from "../child.ts";
import { formatNanoseconds, formatRatio, printTable } from "../table.ts";
import { type Operation, OPERATIONS } from "./contestant.ts";

/** Ours first. */
const FILES = [
  "curio.ts",
  "promises.ts",
  "effect.ts",
  "effect_v3.ts",
  "effection.ts",
  "effection_v3.ts",
];

const ROUNDS = 7;
/** How long one operation of one contestant is measured in a round. */
const ROUND_MS = 60;
const WARM_UP_MS = 100;

const TITLES: Record<Operation, string> = {
  spawnJoin: "spawn+join",
  yieldTurn: "sleep(0)",
  pingPong: "ping-pong",
  timeout: "timeout",
  cancel: "cancel",
};

interface Entry {
  readonly name: string;
  readonly child: Child;
  /** How many times to do each operation in a round. */
  readonly counts: Map<Operation, number>;
  /** The fewest nanoseconds that each operation took. */
  readonly best: Map<Operation, number>;
}

/** Measures the operations of the kernel beside bare promises and the peers. */
export async function compareKernels(): Promise<void> {
  const python = await pythonVersion();
  const files = FILES.map((file) => `kernel/${file}`);
  if (python !== null) files.push("kernel/python_asyncio.py");
  await compareContestants("Kernel: × is theirs over ours", files);
  if (python === null) console.log("  asyncio: skipped, for want of python3 3.11 or later");
}

/** Measures the operations of the contestants in `files`; the first is what the others are held against. */
export async function compareContestants(title: string, files: readonly string[]): Promise<void> {
  await using children = new AsyncDisposableStack();
  const entries: Entry[] = [];
  for (const file of files) {
    const child = children.use(Child.start(file));
    const best = new Map(OPERATIONS.map((operation) => [operation, Infinity]));
    entries.push({ name: await child.read(), child, counts: new Map(), best });
  }
  for (const entry of entries) await warmUp(entry);
  for (let round = 0; round < ROUNDS; round++) {
    for (const operation of OPERATIONS) {
      for (const entry of entries) await measure(entry, operation);
    }
  }
  report(title, entries);
}

/** Has each operation optimized, and finds how often it fits into a round. */
async function warmUp({ child, counts }: Entry): Promise<void> {
  for (const operation of OPERATIONS) {
    let count = 100;
    let total = 0;
    for (;;) {
      const milliseconds = Number(await child.ask(`${operation} ${count}`));
      total += milliseconds;
      if (milliseconds >= ROUND_MS / 3 && total >= WARM_UP_MS) {
        counts.set(operation, Math.max(Math.round(count * ROUND_MS / milliseconds), 100));
        break;
      }
      if (milliseconds < ROUND_MS) count *= 2;
    }
  }
}

async function measure({ child, counts, best }: Entry, operation: Operation): Promise<void> {
  const count = counts.get(operation)!;
  const milliseconds = Number(await child.ask(`${operation} ${count}`));
  best.set(operation, Math.min(milliseconds * 1e6 / count, best.get(operation)!));
}

function report(title: string, entries: readonly Entry[]): void {
  const [ours] = entries;
  console.log(`\n${title}; time per operation, best of ${ROUNDS} rounds\n`);
  const rows = entries.map(({ name, best }) => [
    name,
    ...OPERATIONS.map((operation) => {
      const ns = best.get(operation)!;
      return `${formatNanoseconds(ns)} ${formatRatio(ns / ours.best.get(operation)!).padStart(6)}`;
    }),
  ]);
  printTable([["", ...OPERATIONS.map((operation) => TITLES[operation])], ...rows]);
}
