import { Child } from "../child.ts";
import { formatNanoseconds, formatRatio, printTable } from "../table.ts";
import { type Operation, OPERATIONS } from "./contestant.ts";

/** Ours first. */
const FILES = [
  "curio_thread.ts",
  "curio_worker.ts",
  "curio_process.ts",
  "post_message.ts",
  "piscina.ts",
  "tinypool.ts",
  "workerpool_threads.ts",
  "workerpool_processes.ts",
];

const ROUNDS = 5;
/** How often each operation is done in a round. */
const COUNTS: Record<Operation, number> = { oneByOne: 400, many: 1600, large: 8 };

const TITLES: Record<Operation, string> = {
  oneByOne: "one by one",
  many: "16 callers",
  large: "100 kB and back",
};

/** Measures calls in workers beside npm's pools. */
export async function compareWorkers(): Promise<void> {
  await using children = new AsyncDisposableStack();
  const entries: { name: string; child: Child; best: Map<Operation, number> }[] = [];
  for (const file of FILES) {
    const child = children.use(Child.start(`workers/${file}`));
    const entry = { name: await child.read(), child, best: new Map<Operation, number>() };
    for (const operation of OPERATIONS) await child.ask(`${operation} ${COUNTS[operation]}`);
    entries.push(entry);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const operation of OPERATIONS) {
      for (const { best, child } of entries) {
        const milliseconds = Number(await child.ask(`${operation} ${COUNTS[operation]}`));
        const ns = milliseconds * 1e6 / COUNTS[operation];
        best.set(operation, Math.min(ns, best.get(operation) ?? Infinity));
      }
    }
  }
  const [ours] = entries;
  console.log(`\nWorkers: × is theirs over ours; time per call, best of ${ROUNDS} rounds\n`);
  printTable([
    ["", ...OPERATIONS.map((operation) => TITLES[operation])],
    ...entries.map(({ best, name }) => [
      name,
      ...OPERATIONS.map((operation) => {
        const ns = best.get(operation)!;
        const ratio = formatRatio(ns / ours.best.get(operation)!);
        return `${formatNanoseconds(ns)} ${ratio.padStart(6)}`;
      }),
    ]),
  ]);
}
