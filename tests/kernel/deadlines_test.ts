import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Deadlines, type Due } from "../../kernel/deadlines.ts";

class Entry implements Due {
  slot = -1;
  constructor(readonly name: string, public when: number, readonly trace: string[]) {}
  expire(now: number): void {
    this.trace.push(`${this.name} at ${now}`);
  }
}

Deno.test("Deadlines.next is Infinity while nothing waits", () => {
  const deadlines = new Deadlines();
  assertEquals(deadlines.next, Infinity);
  assertEquals(deadlines.size, 0);
});

Deno.test("Deadlines.next is the earliest moment, whatever the order of entry", () => {
  const deadlines = new Deadlines();
  for (const when of [5, 2, 9, 1, 7]) deadlines.add(new Entry("", when, []));
  assertEquals(deadlines.next, 1);
});

Deno.test("Deadlines.expire() expires what is due, earliest first, and nothing later", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  for (const when of [4, 2, 6, 3, 1, 5]) deadlines.add(new Entry(`${when}`, when, trace));
  deadlines.expire(3);
  assertEquals(trace, ["1 at 3", "2 at 3", "3 at 3"]);
  assertEquals(deadlines.next, 4);
});

Deno.test("Deadlines.expire() lets equal moments expire in the order of entry", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  for (const name of "abcdefghij") deadlines.add(new Entry(name, 1, trace));
  deadlines.expire(1);
  assertEquals(trace.map((line) => line[0]).join(""), "abcdefghij");
});

Deno.test("Deadlines.remove() takes an entry out for good", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  const entries = [1, 2, 3, 4, 5].map((when) => new Entry(`${when}`, when, trace));
  for (const entry of entries) deadlines.add(entry);
  deadlines.remove(entries[0]);
  deadlines.remove(entries[3]);
  deadlines.expire(10);
  assertEquals(trace, ["2 at 10", "3 at 10", "5 at 10"]);
});

Deno.test("Deadlines.remove() is harmless for what is not in, and when repeated", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  const inside = new Entry("inside", 1, trace);
  const removed = new Entry("removed", 1, trace);
  deadlines.add(inside);
  deadlines.add(removed);
  deadlines.remove(new Entry("stranger", 1, trace));
  deadlines.remove(removed);
  deadlines.remove(removed);
  deadlines.expire(1);
  assertEquals(trace, ["inside at 1"]);
});

Deno.test("Deadlines.expire() lets an entry remove another that is due too", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  const second = new Entry("second", 2, trace);
  const first = new Entry("first", 1, trace);
  first.expire = () => deadlines.remove(second);
  deadlines.add(first);
  deadlines.add(second);
  deadlines.expire(3);
  assertEquals(trace, []);
  assertEquals(deadlines.size, 0);
});

Deno.test("Deadlines.expire() lets an entry enter itself again", () => {
  const trace: string[] = [];
  const deadlines = new Deadlines();
  const entry = new Entry("again", 1, trace);
  entry.expire = (now) => {
    trace.push(`at ${now}`);
    entry.when = now + 1;
    deadlines.add(entry);
  };
  deadlines.add(entry);
  deadlines.expire(5);
  deadlines.expire(6);
  assertEquals(trace, ["at 5", "at 6"]);
});

Deno.test("Deadlines hold nothing of 100 000 entries that came and went", () => {
  const deadlines = new Deadlines();
  const lasting = new Entry("lasting", 1e9, []);
  deadlines.add(lasting);
  let most = 0;
  for (let n = 0; n < 100_000; n++) {
    const entry = new Entry("", n % 1000, []);
    deadlines.add(entry);
    most = Math.max(most, deadlines.size);
    deadlines.remove(entry);
  }
  assertEquals(deadlines.size, 1);
  assertLessOrEqual(most, 2);
});

Deno.test("Deadlines expire in order after a long random mix of entering and leaving", () => {
  const deadlines = new Deadlines();
  const alive: Entry[] = [];
  const trace: string[] = [];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let step = 0; step < 5000; step++) {
    if (alive.length > 0 && random(3) === 0) {
      const [entry] = alive.splice(random(alive.length), 1);
      deadlines.remove(entry);
    } else {
      const entry = new Entry(`${step}`, random(300), trace);
      alive.push(entry);
      deadlines.add(entry);
    }
  }
  deadlines.expire(300);
  alive.sort((a, b) => a.when - b.when || Number(a.name) - Number(b.name));
  assertEquals(trace, alive.map((entry) => `${entry.name} at 300`));
});
