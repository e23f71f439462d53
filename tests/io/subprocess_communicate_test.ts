import { assert, assertEquals, assertRejects } from "@std/assert";
import { CancelScope } from "../../kernel/cancel_scope.ts";
import { CurioError, ReadResourceBusy } from "../../kernel/errors.ts";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { TaskTimeout } from "../../kernel/errors.ts";
import { DEVNULL, PIPE, Popen } from "../../io/subprocess.ts";
import {
  cancelledBefore,
  cancelledDuring,
  inKernel,
  type Interrupted,
  isRunning,
  MUCH,
  text,
  until,
  withProcess,
} from "./processes.ts";

const ALL = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

Deno.test("Popen.communicate() gives output and errors, and waits for the process", () =>
  inKernel(async () => {
    const p = new Popen("cat; echo err >&2; exit 3", { shell: true, ...ALL });
    const [stdout, stderr] = await p.communicate("zwölf");
    assertEquals([text(stdout), text(stderr), p.returncode], ["zwölf", "err\n", 3]);
    await assertRejects(() => p.stdin.write("x"), CurioError, "closed");
  }));

Deno.test("Popen.communicate() without input closes stdin", () =>
  inKernel(async () => {
    const p = new Popen(["cat"], ALL);
    assertEquals((await p.communicate()).map(text), ["", ""]);
  }));

Deno.test("Popen.communicate() gives nothing for what is not piped", () =>
  inKernel(async () => {
    const p = new Popen(["echo", "lost"], { stdout: DEVNULL });
    assertEquals((await p.communicate()).map((bytes) => bytes.length), [0, 0]);
  }));

Deno.test("Popen.communicate() feeds and reads all pipes at once, however full", () =>
  inKernel(async () => {
    const script = `head -c ${MUCH} /dev/zero >&2; head -c ${MUCH} /dev/zero; cat`;
    const p = new Popen(script, { shell: true, ...ALL });
    const [stdout, stderr] = await p.communicate(new Uint8Array(MUCH).fill(7));
    assertEquals([stdout.length, stderr.length], [2 * MUCH, MUCH]);
    assert(stdout.subarray(MUCH).every((byte) => byte === 7));
  }));

Deno.test("Popen.communicate() does not mind a process that does not read its input", () =>
  inKernel(async () => {
    const p = new Popen(["echo", "done"], ALL);
    assertEquals(text((await p.communicate(new Uint8Array(MUCH)))[0]), "done\n");
    assertEquals(p.returncode, 0);
  }));

Deno.test("Popen.communicate() refuses input for which there is no pipe", () =>
  withProcess(["cat"], { stdin: PIPE }, async (cat) => {
    await cat.stdin.close();
    await assertRejects(() => cat.communicate("x"), TypeError, "stdin has been closed");
    const p = new Popen(["true"]);
    await assertRejects(() => p.communicate("x"), TypeError, "stdin is no pipe");
    await assertRejects(() => p.communicate(5 as unknown as string), TypeError, "bytes");
    await p.wait();
  }));

Deno.test("Popen.communicate() while another task reads is refused, and touches nothing", () =>
  withProcess(["cat"], ALL, async (cat) => {
    const reader = spawn(() => cat.stderr.read());
    await until(() => reader.state === "READ_WAIT");
    await assertRejects(() => cat.communicate("x"), ReadResourceBusy);
    await reader.cancel();
    assertEquals(text((await cat.communicate("all"))[0]), "all");
  }));

Deno.test("Popen.communicate() with a cancellation pending touches nothing", () =>
  withProcess(["cat"], ALL, async (cat) => {
    const error = await cancelledBefore(() => cat.communicate("all"));
    assertEquals([error.stdout.length, error.stderr.length], [0, 0]);
    assertEquals((await cat.communicate()).map(text), ["all", ""]);
  }));

Deno.test("Popen.communicate() cancelled has what it read on the error, and can go on", () =>
  inKernel(async () => {
    const script = "trap 'echo whole; exit' USR1; cat; echo err >&2; echo half; " +
      "while :; do sleep 0.01; done";
    const p = new Popen(script, { shell: true, ...ALL });
    let error = await cancelledDuring(() => p.communicate("input\n"));
    while (text(error.stdout) !== "input\nhalf\n" || text(error.stderr) !== "err\n") {
      error = await cancelledDuring(() => p.communicate());
    }
    assert(isRunning(p.pid));
    p.sendSignal("SIGUSR1");
    assertEquals((await p.communicate()).map(text), ["input\nhalf\nwhole\n", "err\n"]);
  }));

Deno.test("Popen.communicate() cancelled while it writes goes on with the rest of the input", () =>
  inKernel(async () => {
    const script = "trap 'exec cat' USR1; echo up >&2; while :; do sleep 0.01; done";
    const p = new Popen(script, { shell: true, ...ALL });
    assertEquals(text(await p.stderr.readline()), "up\n");
    const input = new Uint8Array(MUCH).map((_, n) => n * 31 + (n >> 8));
    await cancelledDuring(() => p.communicate(input));
    await assertRejects(() => p.communicate("more"), CurioError, "go on");
    p.sendSignal("SIGUSR1");
    const [stdout] = await p.communicate();
    assertEquals(stdout.length, MUCH);
    assert(stdout.every((byte, n) => byte === input[n]));
  }));

Deno.test("Popen.communicate() cancelled while it waits for the process has the output on the error", () =>
  withProcess("echo all; exec >&- 2>&-; exec sleep 1000", { shell: true, ...ALL }, async (p) => {
    const task = spawn(() => assertRejects(() => p.communicate()));
    await until(() => task.state === "PROCESS_WAIT");
    await task.cancel();
    const error = await task.join() as Error & { stdout: Uint8Array };
    assertEquals(text(error.stdout), "all\n");
    assertEquals(p.poll(), null);
  }));

Deno.test("Popen.communicate() cancelled just after the process ended returns", () =>
  withProcess("echo all; exec >&- 2>&-; exec sleep 1000", { shell: true, ...ALL }, async (p) => {
    const scope = new CancelScope();
    const trace: string[] = [];
    const canceller = spawn(async () => {
      await p.wait();
      scope.cancel();
    });
    await until(() => canceller.state === "PROCESS_WAIT");
    const talker = spawn(() =>
      scope.run(async () => {
        trace.push(text((await p.communicate())[0]));
        await sleep(1000);
        trace.push("slept");
      })
    );
    await until(() => talker.state === "PROCESS_WAIT");
    p.kill();
    await talker.join();
    assertEquals(trace, ["all\n"]);
  }));

Deno.test("Popen.communicate() that times out rejects with TaskTimeout and kills nothing", () =>
  withProcess(["sleep", "1000"], ALL, async (p) => {
    await assertRejects(() => timeoutAfter(0.02, () => p.communicate()), TaskTimeout);
    assert(isRunning(p.pid));
  }));

Deno.test("Popen.communicate() that times out has what it read on the TaskTimeout", () =>
  withProcess("echo out; echo err >&2; exec sleep 1000", { shell: true, ...ALL }, async (p) => {
    let heard: string[] = [];
    while (heard.join("") !== "out\nerr\n") {
      const talk = () => timeoutAfter(0.02, () => p.communicate());
      const error = await assertRejects(talk, TaskTimeout) as Interrupted;
      heard = [text(error.stdout), text(error.stderr)];
    }
    assertEquals(heard, ["out\n", "err\n"]);
  }));

Deno.test("Popen.communicate() works outside a task", async () => {
  const p = new Popen(["cat"], ALL);
  assertEquals(text((await p.communicate("hello"))[0]), "hello");
});
