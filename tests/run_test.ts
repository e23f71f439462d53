import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  type Activation,
  CurioError,
  currentTask,
  Event,
  run,
  type RunOptions,
  schedule,
  sleep,
  spawn,
} from "../mod.ts";
import { Program, runProgram } from "./helpers/program.ts";
import { RecordingLog } from "./helpers/recording_log.ts";

Deno.test("run() resolves with what the function returned, arguments passed on", async () => {
  assertEquals(await run((a: number, b: number) => sleep(0).then(() => a + b), 2, 3), 5);
  assertEquals(await run(() => "plain"), "plain");
});

Deno.test("run() rejects with the very same error object", async () => {
  const thrown = new Error("mine");
  assertStrictEquals(await assertRejects(() => run(() => Promise.reject(thrown))), thrown);
});

Deno.test("run() takes options first", async () => {
  assertEquals(await run({}, (x: number) => x + 1, 1), 2);
});

Deno.test("run() cancels what is left, newest first, and settles after all clean-up", async () => {
  const trace: string[] = [];
  const left = async (name: string) => {
    try {
      await sleep(Infinity);
    } finally {
      await sleep(0.001);
      trace.push(`${name} cleaned up`);
    }
  };
  const result = await run(async () => {
    spawn(left, "a");
    spawn(left, "b");
    await schedule();
    trace.push("main ends");
    return "result";
  });
  trace.push(result);
  assertEquals(trace, ["main ends", "b cleaned up", "a cleaned up", "result"]);
});

Deno.test("run() that failed cancels what is left before it rejects", async () => {
  const trace: string[] = [];
  await run(async () => {
    spawn(() => sleep(Infinity).finally(() => trace.push("cleaned up")));
    await schedule();
    throw new Error("mine");
  }).catch((error) => trace.push(error.message));
  assertEquals(trace, ["cleaned up", "mine"]);
});

Deno.test("run() runs daemons no longer than its function", async () => {
  let ticks = 0;
  await run(async () => {
    spawn({ daemon: true }, async () => {
      for (;; ticks++) await schedule();
    });
    await sleep(0.001);
  });
  const before = ticks;
  await new Promise((resolve) => setTimeout(resolve, 2));
  assertEquals(ticks, before);
  assert(before > 0);
});

Deno.test("run() can be called again and again, and side by side", async () => {
  for (let n = 0; n < 3; n++) assertEquals(await run(() => n), n);
  const results = await Promise.all([1, 2, 3].map((n) => run(() => sleep(0).then(() => n))));
  assertEquals(results, [1, 2, 3]);
});

Deno.test("run() inside a task rejects with CurioError, and changes nothing", async () => {
  let called = false;
  await run(async () => {
    const inner = () => run(() => void (called = true));
    await assertRejects(inner, CurioError, "Cannot call run() inside a task: use spawn()");
    await sleep(0);
    assertEquals(currentTask().children, []);
  });
  assertEquals(called, false);
});

Deno.test("run() refuses what is neither options nor a function with a TypeError", async () => {
  for (const wrong of [undefined, null, 5, "main", true]) {
    const fn = wrong as unknown as () => void;
    const error = await assertRejects(
      () => run(fn),
      TypeError,
      `Cannot run ${JSON.stringify(wrong)}`,
    );
    assertStringIncludes(error.message, "pass a function");
  }
});

Deno.test("run() refuses options without a function with a TypeError", async () => {
  const options = { deadlock: "warn" } as unknown as () => void;
  await assertRejects(() => run(options), TypeError, "pass a function");
});

Deno.test("run() refuses a promise, and tells to pass the function", async () => {
  const promise = Promise.resolve(1) as unknown as () => void;
  const error = await assertRejects(() => run(promise), TypeError);
  assertMatch(error.message, /promise.*pass the function/);
});

Deno.test("run({ log }) sends reports there", async () => {
  const log = new RecordingLog();
  await run({ log }, () => spawn(() => Promise.reject(new Error("boom"))).wait());
  assertEquals(log.texts("error").length, 1);
});

Deno.test("run({ activations, debug }) tells them of the tasks", async () => {
  const trace: string[] = [];
  const recorder = (name: string): Activation => ({
    activate: () => trace.push(`${name} activate`),
    terminated: (task) => trace.push(`${name} ${task.name}`),
  });
  const options: RunOptions = { debug: recorder("debug"), activations: [recorder("activation")] };
  await run(options, function main() {});
  assertEquals(trace, ["debug activate", "activation activate", "debug main", "activation main"]);
});

Deno.test('run({ deadlock: "throw" }) rejects with the report', async () => {
  const main = () => new Event().wait();
  await assertRejects(() => run({ deadlock: "throw" }, main), CurioError, "deadlock: ");
});

Deno.test("run() leaves no SIGINT listener behind: the default action is back", async () => {
  await using program = new Program(`
    await curio.run(() => curio.sleep(0));
    console.log("READY");
    setTimeout(() => {}, 60_000);
  `);
  await program.line("READY");
  program.kill("SIGINT");
  assertEquals((await program.end()).signal, "SIGINT");
});

// -- Ctrl-C

Deno.test("run() interrupted by Ctrl-C rejects with KeyboardInterrupt after all clean-up", async () => {
  await using program = new Program(`
    async function background() {
      try { await curio.sleep(Infinity); } finally {
        await curio.sleep(0.002);
        console.log("background cleaned up");
      }
    }
    async function main() {
      curio.spawn(background);
      await curio.schedule();
      console.log("READY");
      try { await curio.sleep(Infinity); } finally {
        await curio.sleep(0.002);
        console.log("main cleaned up");
      }
    }
    try {
      await curio.run(main);
    } catch (error) {
      console.log(error instanceof curio.KeyboardInterrupt, error.message);
      console.log(JSON.stringify(error.origin));
    }
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, lines, errors } = await program.end();
  assertEquals(lines, [
    "READY",
    "main cleaned up",
    "background cleaned up",
    "true task 1 'main' interrupted by Ctrl-C",
    '{"kind":"interrupt","by":null}',
  ]);
  assertEquals([code, errors], [0, ""]);
});

Deno.test("run() interrupted by Ctrl-C exits with status 130 if nobody catches it", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      console.log("READY");
      try { await curio.sleep(Infinity); } finally { console.log("cleaned up"); }
    });
    console.log("never");
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, signal, lines, errors } = await program.end();
  assertEquals([code, signal, lines], [130, null, ["READY", "cleaned up"]]);
  assertStringIncludes(errors, "KeyboardInterrupt");
});

Deno.test("run() interrupted by Ctrl-C, not at the top level and not caught, exits with 130, too", async () => {
  await using program = new Program(`
    async function program() {
      try {
        await curio.run(async () => { console.log("READY"); await curio.sleep(Infinity); });
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 1));
        console.log("finally");
      }
    }
    program();
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, signal, lines } = await program.end();
  assertEquals([code, signal, lines], [130, null, ["READY", "finally"]]);
});

Deno.test("run() ended by Ctrl-C and caught lets the program go on, and run again", async () => {
  await using program = new Program(`
    for (let round = 1; round <= 2; round++) {
      const main = async () => { console.log("READY " + round); await curio.sleep(Infinity); };
      await curio.run(main).catch((error) => console.log(error.name));
    }
    console.log(await curio.run(() => "third"));
  `);
  await program.line("READY 1");
  program.kill("SIGINT");
  await program.line("READY 2");
  program.kill("SIGINT");
  const { code, lines } = await program.end();
  const interrupted = "KeyboardInterrupt";
  assertEquals(lines, ["READY 1", interrupted, "READY 2", interrupted, "third"]);
  assertEquals(code, 0);
});

Deno.test("run() interrupted a second time during the clean-up ends the process at once", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      console.log("READY");
      try { await curio.sleep(Infinity); } finally {
        console.log("CLEANING");
        await curio.sleep(60);
        console.log("never");
      }
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  await program.line("CLEANING");
  program.kill("SIGINT");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [130, ["READY", "CLEANING"]]);
});

Deno.test("run() interrupted a second time ends the process though a task awaits a foreign promise", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      setTimeout(() => console.log("READY"));
      curio.spawn(() => curio.sleep(Infinity).catch(() => console.log("never")));
      await new Promise(() => {});
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  // Nothing tells that the first has arrived: send more until one does it.
  const timer = setInterval(() => {
    try {
      program.kill("SIGINT");
    } catch {
      // It has ended, and its output is yet to be read to the end.
    }
  }, 20);
  const { code, lines } = await program.end().finally(() => clearInterval(timer));
  assertEquals([code, lines], [130, ["READY"]]);
});

Deno.test("run() resolves if the first task catches Ctrl-C and returns", async () => {
  await using program = new Program(`
    const result = await curio.run(async () => {
      console.log("READY");
      try { await curio.sleep(Infinity); } catch (error) {
        await curio.sleep(0.002);
        return error.name;
      }
    });
    console.log("resolved", result);
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["READY", "resolved KeyboardInterrupt"]]);
});

Deno.test("run() interrupted by Ctrl-C cancels the others as at shutdown, newest first", async () => {
  await using program = new Program(`
    async function left(name) {
      try { await curio.sleep(Infinity); } catch (error) {
        console.log(name, error.name, error.origin.kind);
        throw error;
      }
    }
    await curio.run(async () => {
      curio.spawn(left, "a");
      curio.spawn(left, "b");
      await curio.schedule();
      console.log("READY");
      await left("main");
    }).catch(() => {});
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { lines } = await program.end();
  assertEquals(lines.slice(1), [
    "main KeyboardInterrupt interrupt",
    "b TaskCancelled shutdown",
    "a TaskCancelled shutdown",
  ]);
});

Deno.test("run() interrupted by Ctrl-C waits for a shield, then delivers it", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      await curio.disableCancellation(async () => {
        console.log("READY");
        const task = curio.currentTask();
        while (!task.cancelled) await curio.sleep(0.002);
        console.log("saved");
      });
      await curio.sleep(Infinity);
    }).catch((error) => console.log(error.name));
  `);
  await program.line("READY");
  program.kill("SIGINT");
  assertEquals((await program.end()).lines, ["READY", "saved", "KeyboardInterrupt"]);
});

Deno.test("run() interrupted by Ctrl-C while the first task joins: the join rejects with it", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      const task = curio.spawn(curio.sleep, Infinity);
      await curio.schedule();
      console.log("READY");
      try { await task.join(); } catch (error) {
        console.log(error.name, task.state);
        throw error;
      }
    }).catch(() => {});
  `);
  await program.line("READY");
  program.kill("SIGINT");
  assertEquals((await program.end()).lines, ["READY", "KeyboardInterrupt TIME_SLEEP"]);
});

Deno.test("run() passes on another error that came of Ctrl-C, with its usual exit status", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      console.log("READY");
      try { await curio.sleep(Infinity); } finally { throw new Error("broken clean-up"); }
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, errors } = await program.end();
  assertEquals(code, 1);
  assertStringIncludes(errors, "broken clean-up");
});

Deno.test("run({ handleSigint: false }) leaves Ctrl-C its default action", async () => {
  await using program = new Program(`
    await curio.run({ handleSigint: false }, async () => {
      console.log("READY");
      try { await curio.sleep(Infinity); } finally { console.log("never"); }
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { signal, lines } = await program.end();
  assertEquals([signal, lines], ["SIGINT", ["READY"]]);
});

Deno.test("Ctrl-C goes to a SignalEvent while it exists, and to run() afterwards", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      {
        using event = new curio.SignalEvent("SIGINT");
        console.log("READY");
        await event.wait();
        console.log("event");
      }
      console.log("CLOSED");
      await curio.sleep(Infinity);
    }).catch((error) => console.log(error.name));
  `);
  await program.line("READY");
  program.kill("SIGINT");
  await program.line("CLOSED");
  program.kill("SIGINT");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["READY", "event", "CLOSED", "KeyboardInterrupt"]]);
});

Deno.test("Ctrl-C goes to a SignalQueue made before run()", async () => {
  await using program = new Program(`
    using queue = new curio.SignalQueue("SIGINT");
    await curio.run(async () => {
      console.log("READY");
      console.log(await queue.get());
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["READY", "SIGINT"]]);
});

Deno.test("Ctrl-C goes to a SignalSet while it waits", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      const task = curio.spawn(() => new curio.SignalSet("SIGINT", "SIGTERM").wait());
      await curio.schedule();
      console.log("READY");
      console.log(await task.join());
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  assertEquals((await program.end()).lines, ["READY", "SIGINT"]);
});

Deno.test("SignalSet.ignore() keeps Ctrl-C from run() while its body runs", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      await new curio.SignalSet("SIGINT").ignore(async () => {
        using other = new curio.SignalEvent("SIGUSR1");
        // Signals sent one after the other may arrive in either order.
        Deno.addSignalListener("SIGINT", () => console.log("arrived"));
        console.log("READY");
        await other.wait();
      });
      console.log("survived");
    });
  `);
  await program.line("READY");
  program.kill("SIGINT");
  await program.line("arrived");
  program.kill("SIGUSR1");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["READY", "arrived", "survived"]]);
});

Deno.test("Ctrl-C interrupts every run() that is in progress", async () => {
  await using program = new Program(`
    const one = curio.run(() => curio.sleep(Infinity)).catch((error) => error.name);
    const two = curio.run(async () => { console.log("READY"); await curio.sleep(Infinity); })
      .catch((error) => error.name);
    console.log(...await Promise.all([one, two]));
  `);
  await program.line("READY");
  program.kill("SIGINT");
  assertEquals((await program.end()).lines, ["READY", "KeyboardInterrupt KeyboardInterrupt"]);
});

Deno.test("run() keeps the process alive while its tasks wait for each other, and reports it", async () => {
  await using program = new Program(`
    const warn = (text) => console.log(text.slice(0, text.indexOf(":")));
    await curio.run({ log: { ...console, warn } }, () => new curio.Event().wait());
  `);
  // Deno itself would say "Top-level await promise never resolved" and exit.
  await program.line("deadlock");
  program.kill("SIGINT");
  const { code, errors } = await program.end();
  assertEquals(code, 130);
  assert(!errors.includes("Top-level await"));
});

Deno.test("run() lets the process go when it is done, whatever was left", async () => {
  const { code, lines, errors } = await runProgram(`
    await curio.run(async () => {
      curio.spawn(curio.sleep, 1e9);
      curio.spawn(() => curio.timeoutAfter(1e6, () => new curio.Queue().get()));
      curio.spawn(() => curio.abortable(new Promise(() => {})));
      await curio.schedule();
    });
    console.log("done");
  `);
  assertEquals([code, lines, errors], [0, ["done"], ""]);
});

Deno.test("run() that nobody awaits settles, too", async () => {
  const { code, lines } = await runProgram(`
    curio.run(async () => { await curio.sleep(0.001); console.log("done"); });
  `);
  assertEquals([code, lines], [0, ["done"]]);
});

Deno.test("run() a thousand times over leaves nothing of its signal listeners behind", async () => {
  // The leak sanitizer is the assertion: Deno ends its wait for a signal only on the host's next turn.
  for (let n = 0; n < 1000; n++) assertEquals(await run((each: number) => each, n), n);
});
