import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program } from "../helpers/program.ts";

// What signals do to a whole program, in child processes: signal_test.ts has the rest.

Deno.test("SignalQueue.get() alone keeps the process alive", async () => {
  await using program = new Program(`
    await curio.run({ deadlock: "throw" }, async () => {
      await using restart = new curio.SignalQueue("SIGHUP");
      console.log("READY");
      console.log("got", await restart.get());
    });
    console.log("over");
  `);
  await program.line("READY");
  program.kill("SIGHUP");
  const { code, lines, errors } = await program.end();
  assertEquals([code, lines, errors], [0, ["READY", "got SIGHUP", "over"], ""]);
});

Deno.test("SIGNAL_WAIT is no deadlock, however long it lasts", async () => {
  // The kernel looks for a deadlock after a fifth of a second.
  await using program = new Program(`
    setTimeout(() => Deno.kill(Deno.pid, "SIGHUP"), 450);
    await curio.run({ deadlock: "throw" }, async () => {
      const kinds = [
        async () => { using q = new curio.SignalQueue("SIGHUP"); await q.get(); },
        async () => { using e = new curio.SignalEvent("SIGHUP"); await e.wait(); },
        async () => { await new curio.SignalSet("SIGHUP").wait(); },
      ];
      for (const task of kinds.map((kind) => curio.spawn(kind))) await task.join();
    });
    console.log("over");
  `);
  const { code, lines, errors } = await program.end();
  assertEquals([code, lines, errors], [0, ["over"], ""]);
});

Deno.test("SignalQueue gets a second signal where an event would only be set", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      await using restart = new curio.SignalQueue("SIGHUP");
      for (const round of ["one", "two"]) {
        console.log(round);
        await restart.get();
      }
    });
    console.log("over");
  `);
  await program.line("one");
  program.kill("SIGHUP");
  await program.line("two");
  program.kill("SIGHUP");
  assertEquals((await program.end()).lines, ["one", "two", "over"]);
});

for (
  const [name, body] of Object.entries({
    "SignalQueue.close()": `const q = new curio.SignalQueue("SIGHUP"); q.close();`,
    "SignalEvent.close()": `const e = new curio.SignalEvent("SIGHUP"); e.close();`,
    "SignalQueue at the end of its block": `{ await using q = new curio.SignalQueue("SIGHUP"); }`,
    "SignalSet.run(), left,": `await new curio.SignalSet("SIGHUP").run(() => {});`,
    "SignalSet.ignore(), left,": `await new curio.SignalSet("SIGHUP").ignore(() => {});`,
    "SignalSet.wait(), cancelled,":
      `await curio.ignoreAfter(0.001, () => new curio.SignalSet("SIGHUP").wait());`,
    "SignalQueue that cannot be made":
      `try { new curio.SignalQueue("SIGHUP", "SIGKILL"); } catch { /* as it should */ }`,
    "The last of two SignalQueues": `
      const [a, b] = [new curio.SignalQueue("SIGHUP"), new curio.SignalQueue("SIGHUP")];
      a.close(); b.close();`,
  })
) {
  Deno.test(`${name} restores the default action of the signal`, async () => {
    await using program = new Program(`
      await curio.run(async () => {
        ${body}
        console.log("READY");
        await curio.sleep(60);
      });
    `);
    await program.line("READY");
    program.kill("SIGHUP");
    assertEquals((await program.end()).signal, "SIGHUP");
  });
}

Deno.test("SignalQueue closed while another listens keeps the signal from its default action", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      const [a, b] = [new curio.SignalQueue("SIGHUP"), new curio.SignalQueue("SIGHUP")];
      a.close();
      console.log("READY");
      console.log("got", await b.get());
      b.close();
    });
  `);
  await program.line("READY");
  program.kill("SIGHUP");
  assertEquals((await program.end()).lines, ["READY", "got SIGHUP"]);
});

Deno.test("SignalSet.ignore() keeps the signal from its default action while the body runs", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      await new curio.SignalSet("SIGHUP").ignore(async () => {
        await new curio.SignalSet("SIGUSR2").run(async (end) => {
          console.log("READY");
          await end.wait();
        });
      });
      console.log("survived");
    });
  `);
  await program.line("READY");
  program.kill("SIGHUP");
  program.kill("SIGUSR2");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["READY", "survived"]]);
});

Deno.test("SignalQueue that is never closed does not keep the process alive after run", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      const queue = new curio.SignalQueue("SIGHUP");
      curio.spawn(() => queue.get());
      await curio.schedule();
      console.log("main done");
    });
    console.log("over");
  `);
  const { code, lines, errors } = await program.end();
  assertEquals([code, lines, errors], [0, ["main done", "over"], ""]);
});

Deno.test("SignalEvent on SIGINT has precedence over run's Ctrl-C, until it is closed", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      const goodbye = new curio.SignalEvent("SIGINT", "SIGTERM");
      console.log("playing");
      await goodbye.wait();
      goodbye.close();
      console.log("Let's go");
      try {
        await curio.sleep(60);
      } finally {
        console.log("hurrying");
      }
    });
  `);
  await program.line("playing");
  program.kill("SIGINT");
  await program.line("Let's go");
  program.kill("SIGINT");
  const { code, lines, errors } = await program.end();
  assertEquals([code, lines], [130, ["playing", "Let's go", "hurrying"]]);
  assertStringIncludes(errors, "KeyboardInterrupt");
});

Deno.test("SignalQueue and SignalSet on SIGINT have precedence over run's Ctrl-C", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      {
        using queue = new curio.SignalQueue("SIGINT");
        console.log("queue");
        await queue.get();
      }
      const waiting = curio.spawn(() => new curio.SignalSet("SIGINT").wait());
      while (waiting.state !== "SIGNAL_WAIT") await curio.schedule();
      console.log("set");
      await waiting.join();
      await new curio.SignalSet("SIGINT").ignore(async () => {
        await new curio.SignalSet("SIGUSR2").run(async (end) => {
          console.log("ignoring");
          await end.wait();
        });
      });
    });
    console.log("over");
  `);
  for (const line of ["queue", "set", "ignoring"]) {
    await program.line(line);
    program.kill("SIGINT");
  }
  program.kill("SIGUSR2");
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["queue", "set", "ignoring", "over"]]);
});

Deno.test("SignalEvent in the tutorial's program: the countdown, and everybody goes home", async () => {
  await using program = new Program(`
    const { CancelledError, sleep, spawn, TaskGroup, TaskTimeout, timeoutAfter } = curio;
    async function friend(name) {
      console.log("Hi, my name is", name);
      try {
        await sleep(1000);
      } catch (error) {
        if (error instanceof CancelledError) console.log(name, "going home");
        throw error;
      }
    }
    async function kid() {
      await new TaskGroup().run(async (f) => {
        for (const name of ["Max", "Lillian", "Thomas"]) f.spawn(friend, name);
        try {
          await sleep(1000);
        } catch (error) {
          console.log("Fine. Saving my work.");
          throw error;
        }
      });
    }
    await curio.run(async () => {
      using goodbye = new curio.SignalEvent("SIGINT", "SIGTERM");
      const task = spawn(kid);
      await curio.schedule();
      await goodbye.wait();
      console.log("We're leaving!");
      try {
        await timeoutAfter(0.01, () => task.join());
      } catch (error) {
        if (!(error instanceof TaskTimeout)) throw error;
        console.log("I warned you!");
        await task.cancel();
      }
      console.log("Leaving!");
    });
  `);
  await program.line("Hi, my name is Thomas");
  program.kill("SIGTERM");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines.slice(3), [
    "We're leaving!",
    "I warned you!",
    "Fine. Saving my work.",
    "Max going home",
    "Lillian going home",
    "Thomas going home",
    "Leaving!",
  ]);
});
