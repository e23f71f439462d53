/**
 * Explores every scenario of `tests/exploration/`: cancels its victim at each scheduling step, and
 * plays it under random schedules. Prints how far it got; fails at the first invariant that breaks.
 *
 * ```sh
 * deno run -A tools/explore.ts [SCHEDULES] [PART OF A NAME]
 * ```
 *
 * @module
 */
import { explore } from "../tests/exploration/explore.ts";
import { everyScenario } from "../tests/exploration/scenarios/mod.ts";

const [schedules = "1000", part = ""] = Deno.args;
const count = Number(schedules);
if (!Number.isInteger(count) || count < 1) {
  console.error(`Cannot explore under ${schedules} schedules: give a whole number of 1 or more.`);
  Deno.exit(2);
}

const scenarios = everyScenario.filter(({ name }) => name.includes(part));
const width = Math.max(...scenarios.map(({ name }) => name.length));
const row = (name: string, ...cells: (string | number)[]): string =>
  [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(9))].join("  ");

console.log(row("scenario", "steps", "schedules", "disturbed"));
const sum = { steps: 0, schedules: 0, disturbed: 0 };
for (const scenario of scenarios) {
  const { steps, schedules, disturbed } = await explore(scenario, count);
  console.log(row(scenario.name, steps, schedules, disturbed));
  sum.steps += steps;
  sum.schedules += schedules;
  sum.disturbed += disturbed;
}
console.log(row(`${scenarios.length} scenarios`, sum.steps, sum.schedules, sum.disturbed));
