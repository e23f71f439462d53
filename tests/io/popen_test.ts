import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "../../kernel/cancel_scope.ts";
import { CurioError } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { assertQuiet, VirtualClock } from "../../kernel/testing/mod.ts";
import { DEVNULL, PIPE, Popen, STDOUT } from "../../io/subprocess.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import {
  cancelledBefore,
  cancelledDuring,
  exists,
  inKernel,
  isRunning,
  text,
  until,
  withProcess,
} from "./processes.ts";

const SLEEP = ["sleep", "1000"];
const PIPES = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;
const linux = { ignore: Deno.build.os !== "linux" };

Deno.test("new Popen() throws NotFound at once if there is no such program", () => {
  for (const options of [{ stdout: PIPE }, { stdout: PIPE, stderr: STDOUT }] as const) {
    const start = () => new Popen(["no-such-program"], options);
    const error = assertThrows(start, Deno.errors.NotFound);
    assertAdvice(error, /Cannot start 'no-such-program' because there is no such program/);
    assertEquals((error as Error & { code: string }).code, "ENOENT");
  }
});

Deno.test("new Popen() throws NotFound if there is no such directory", () => {
  for (const cwd of ["/no/such/directory", "/etc/passwd"]) {
    const error = assertThrows(() => new Popen(SLEEP, { cwd }), Deno.errors.NotFound);
    assertAdvice(error, new RegExp(`no directory ${cwd} to run it in`));
  }
});

Deno.test("new Popen() of a command line without shell tells how to run one", () => {
  const error = assertThrows(() => new Popen("sleep 1000"), Deno.errors.NotFound);
  assertAdvice(error, /Cannot start 'sleep 1000' .* shell: true/);
});

Deno.test("new Popen() throws PermissionDenied for what is no program", () => {
  const error = assertThrows(() => new Popen(["/etc/passwd"]), Deno.errors.PermissionDenied);
  assertEquals((error as Error & { code: string }).code, "EACCES");
});

Deno.test("new Popen() refuses options that make no sense and starts nothing", () => {
  // deno-lint-ignore no-explicit-any -- what a program without types may give
  const start = (options: any, args: any = SLEEP) => () => new Popen(args, options);
  assertAdvice(assertThrows(start({ stdin: STDOUT }), TypeError), /as stdin/);
  assertAdvice(assertThrows(start({ stdout: 1 }), TypeError), /Cannot use 1 as stdout/);
  assertAdvice(assertThrows(start({ stderr: "pipe" }), TypeError), /"pipe" as stderr/);
  assertAdvice(assertThrows(start({ maxLine: 0 }), RangeError), /0 as maxLine/);
  assertAdvice(assertThrows(start({}, []), TypeError), /names no program/);
  assertAdvice(assertThrows(start({}, ["sleep", 5]), TypeError), /names no program/);
  assertQuiet();
});

Deno.test("Popen has its command, its process id and the streams that are piped", () =>
  withProcess(SLEEP, { stdout: PIPE, stderr: DEVNULL, stdin: DEVNULL }, async (p) => {
    assertEquals(p.args, SLEEP);
    await until(() => Deno.readTextFileSync(`/proc/${p.pid}/comm`) === "sleep\n");
    assert(p.stdout !== null);
    assertEquals([p.stdin, p.stderr], [null, null]);
    assertEquals(Deno.inspect(p), `Popen [sleep 1000, process ${p.pid}, running]`);
    p.kill();
    await p.wait();
    assertEquals(Deno.inspect(p), `Popen [sleep 1000, process ${p.pid}, ended with -9]`);
  }));

Deno.test("Popen adds env to the environment", () =>
  inKernel(async () => {
    await using p = new Popen(["sh", "-c", "echo $ADDED; echo $PATH"], {
      stdout: PIPE,
      env: { ADDED: "one" },
    });
    assertEquals(text(await p.stdout.readall()), `one\n${Deno.env.get("PATH")}\n`);
  }));

Deno.test("Popen runs in cwd", () =>
  inKernel(async () => {
    await using p = new Popen("pwd", { stdout: PIPE, cwd: "/" });
    assertEquals(text(await p.stdout.readall()), "/\n");
  }));

Deno.test("Popen with shell runs a command line, and passes further arguments to it", () =>
  inKernel(async () => {
    const line = new Popen("echo one | tr o 0", { shell: true, stdout: PIPE });
    assertEquals(text((await line.communicate())[0]), "0ne\n");
    const script = new Popen(['echo "$0 $1"', "a", "b c"], { shell: true, stdout: PIPE });
    assertEquals(text((await script.communicate())[0]), "a b c\n");
  }));

Deno.test("Popen with STDOUT merges both outputs in the order they are written", () =>
  inKernel(async () => {
    const script = "for n in 1 2 3 4 5 6 7 8 9; do echo out $n; echo err $n >&2; done";
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `out ${n}\nerr ${n}\n`).join("");
    for (const shell of [true, false]) {
      const args = shell ? script : ["sh", "-c", script];
      const p = new Popen(args, { shell, stdout: PIPE, stderr: STDOUT });
      assertEquals(text((await p.communicate())[0]), expected);
      assertEquals(p.stderr, null);
    }
  }));

Deno.test("Popen with STDOUT passes arguments on as they are, and signals to the program", () =>
  inKernel(async () => {
    const args = ["printf", "%s|", "a b", "$HOME", "'", "", "*"];
    const p = new Popen(args, { stdout: PIPE, stderr: STDOUT });
    assertEquals(text((await p.communicate())[0]), "a b|$HOME|'||*|");
    const sleeper = new Popen(SLEEP, { stdout: PIPE, stderr: STDOUT });
    sleeper.terminate();
    assertEquals(await sleeper.wait(), -15);
    await sleeper.stdout.close();
  }));

Deno.test("Popen with DEVNULL has nothing to read, and drops what is written", () =>
  inKernel(async () => {
    await using p = new Popen(["sh", "-c", "cat; echo lost; echo err >&2; exit 4"], {
      stdin: DEVNULL,
      stdout: DEVNULL,
      stderr: STDOUT,
    });
    assertEquals(await p.wait(), 4);
  }));

Deno.test("Popen.returncode and poll() are null while the process runs", () =>
  withProcess(["cat"], { stdin: PIPE }, async (p) => {
    assertEquals([p.returncode, p.poll()], [null, null]);
    await p.stdin.close();
    assertEquals(await p.wait(), 0);
    assertEquals([p.returncode, p.poll()], [0, 0]);
  }));

Deno.test("Popen.returncode is minus the number of the signal that ended the process", () =>
  inKernel(async () => {
    for (const [signal, number] of [["SIGTERM", 15], ["SIGKILL", 9], ["SIGINT", 2]] as const) {
      await using p = new Popen(SLEEP);
      p.sendSignal(signal);
      assertEquals(await p.wait(), -number);
    }
    await using p = new Popen(SLEEP);
    p.sendSignal(10);
    assertEquals(await p.wait(), -10);
    await using code = new Popen(["sh", "-c", "exit 143"]);
    assertEquals(await code.wait(), 143);
  }));

Deno.test("Popen.sendSignal() to a process that has ended does nothing", () =>
  inKernel(async () => {
    await using p = new Popen(["true"]);
    await until(() => !exists(p.pid));
    p.terminate();
    await p.wait();
    p.kill();
    assertEquals(p.returncode, 0);
  }));

Deno.test("Popen.sendSignal() refuses what is no signal", () =>
  withProcess(SLEEP, {}, async (p) => {
    assertThrows(() => p.sendSignal("SIGNOTHING" as Deno.Signal), TypeError);
    await Promise.resolve();
  }));

Deno.test("Popen.wait() wakes everybody who waits, with the returncode", () =>
  withProcess(SLEEP, {}, async (p) => {
    const tasks = [1, 2, 3].map(() => spawn(() => p.wait()));
    await until(() => tasks.every((task) => task.state === "PROCESS_WAIT"));
    p.terminate();
    assertEquals(await Promise.all(tasks.map((task) => task.join())), [-15, -15, -15]);
  }));

Deno.test("Popen.wait() with a cancellation pending rejects, and leaves the process running", () =>
  withProcess(SLEEP, {}, async (p) => {
    await cancelledBefore(() => p.wait());
    assert(isRunning(p.pid));
  }));

Deno.test("Popen.wait() cancelled leaves the process running", () =>
  withProcess(SLEEP, {}, async (p) => {
    await cancelledDuring(() => p.wait());
    assertEquals([p.poll(), isRunning(p.pid)], [null, true]);
    p.terminate();
    assertEquals(await p.wait(), -15);
  }));

Deno.test("Popen.wait() cancelled just after the process ended returns", () =>
  withProcess(SLEEP, {}, async (p) => {
    const trace: string[] = [];
    const scope = new CancelScope();
    const first = spawn(async () => {
      await p.wait();
      scope.cancel();
    });
    await until(() => first.state === "PROCESS_WAIT");
    const second = spawn(() =>
      scope.run(async () => {
        trace.push(`returned ${await p.wait()}`);
        await sleep(1000);
        trace.push("slept");
      })
    );
    await until(() => second.state === "PROCESS_WAIT");
    p.kill();
    await second.join();
    assertEquals(trace, ["returned -9"]);
  }));

Deno.test("Popen.wait() of a process that has ended is no blocking point", () =>
  withProcess(["true"], {}, async (p) => {
    await p.wait();
    await new CancelScope().run(async (scope) => {
      scope.cancel();
      assertEquals(await p.wait(), 0);
    });
  }));

Deno.test("Popen.wait() is no deadlock, and a virtual clock does not run ahead of it", async () => {
  const trace: string[] = [];
  const log = new RecordingLog();
  await using kernel = new Kernel({ clock: new VirtualClock(), deadlock: "throw", log });
  await kernel.run(async () => {
    const sleeper = spawn(async () => {
      await sleep(1000);
      trace.push("slept");
    });
    trace.push(`ended with ${await new Popen(["true"]).wait()}`);
    await sleeper.join();
  });
  assertEquals([trace, log.texts()], [["ended with 0", "slept"], []]);
});

Deno.test("Popen.wait() works outside a task", async () => {
  const p = new Popen(["sh", "-c", "exit 7"]);
  assertEquals(await p.wait(), 7);
});

Deno.test({
  name: "Popen leaves no zombie, waited for or not",
  ...linux,
  async fn() {
    await inKernel(async () => {
      const p = new Popen(["true"]);
      await until(() => !exists(p.pid));
      await p.wait();
    });
  },
});

Deno.test("Popen[Symbol.asyncDispose]() closes the pipes and waits", () =>
  inKernel(async () => {
    let cat;
    {
      await using p = new Popen(["cat"], PIPES);
      cat = p;
    }
    assertEquals(cat.returncode, 0);
    await assertRejects(() => cat.stdout.read(), CurioError, "closed");
    await assertRejects(() => cat.stdin.write("x"), CurioError, "closed");
    assertQuietApartFromTasks();
  }));

Deno.test("Popen[Symbol.asyncDispose]() waits for the process, not for those that it started", () =>
  inKernel(async () => {
    let orphan;
    {
      await using p = new Popen("sleep 1000 & echo $!", { shell: true, ...PIPES });
      orphan = Number(text(await p.stdout.readline()));
    }
    assert(isRunning(orphan));
    Deno.kill(orphan, "SIGKILL");
  }));

Deno.test("Popen[Symbol.asyncDispose]() closes a pipe that is written to for ever", () =>
  inKernel(async () => {
    const p = new Popen(["yes"], { stdout: PIPE });
    await p.stdout.readline();
    await p[Symbol.asyncDispose]();
    assertEquals(p.returncode, -13);
  }));

Deno.test("Popen[Symbol.asyncDispose]() with a cancellation pending rejects, its pipes closed", () =>
  withProcess(SLEEP, { stdout: PIPE }, async (p) => {
    await cancelledBefore(() => p[Symbol.asyncDispose]());
    assert(isRunning(p.pid));
    await assertRejects(() => p.stdout.read(), CurioError, "closed");
  }));

Deno.test("Popen[Symbol.asyncDispose]() cancelled leaves the process running", () =>
  withProcess(SLEEP, { stdout: PIPE }, async (p) => {
    await cancelledDuring(() => p[Symbol.asyncDispose]());
    assert(isRunning(p.pid));
  }));

Deno.test("assertQuiet() names a process that runs, and its pipes", async () => {
  const p = new Popen(SLEEP, { stdin: PIPE, stdout: PIPE });
  try {
    const error = assertThrows(() => assertQuiet(), CurioError);
    assertInstanceOf(error, CurioError);
    for (
      const part of [
        `process ${p.pid} (sleep 1000)`,
        `a pipe to the stdin of process ${p.pid}`,
        `a pipe from the stdout of process ${p.pid}`,
      ]
    ) assert(error.message.includes(part), error.message);
  } finally {
    p.kill();
    await p[Symbol.asyncDispose]();
  }
});

/** Inside a kernel there is a task: this one. */
function assertQuietApartFromTasks(): void {
  const { message } = assertThrows(() => assertQuiet(), CurioError);
  assert(!message.includes("process") && !message.includes("pipe"), message);
}
