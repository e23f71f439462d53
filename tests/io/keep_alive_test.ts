import { assertEquals, assertThrows } from "@std/assert";
import { KeepAlive } from "../../io/keep_alive.ts";

/** A process that notes what it is told, or refuses with `error` once it has. */
function childThat(error: Error | null = null): [Deno.ChildProcess, string[]] {
  const told: string[] = [];
  const tell = (what: string) => () => {
    told.push(what);
    if (error !== null) throw error;
  };
  return [{ ref: tell("ref"), unref: tell("unref") } as unknown as Deno.ChildProcess, told];
}

Deno.test("KeepAlive holds the program from the first who waits to the last", () => {
  const [child, told] = childThat();
  const keepAlive = new KeepAlive(child);
  assertEquals(told, ["unref"]);
  keepAlive.hold();
  keepAlive.hold();
  keepAlive.release();
  assertEquals(told, ["unref", "ref"]);
  keepAlive.release();
  assertEquals(told, ["unref", "ref", "unref"]);
});

Deno.test("KeepAlive does not mind a process that ended, of which the host has yet to tell", () => {
  const [child, told] = childThat(new Deno.errors.BadResource("Bad resource ID"));
  const keepAlive = new KeepAlive(child);
  keepAlive.hold();
  keepAlive.release();
  assertEquals(told, ["unref", "ref", "unref"]);
});

Deno.test("KeepAlive passes on what else the host says", () => {
  const [child] = childThat(new TypeError("something else"));
  assertThrows(() => new KeepAlive(child), TypeError, "something else");
});
