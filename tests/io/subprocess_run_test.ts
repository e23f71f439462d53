import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CurioError, TaskTimeout } from "../../kernel/errors.ts";
import { ignoreAfter, timeoutAfter } from "../../kernel/timeout.ts";
import {
  CalledProcessError,
  checkOutput,
  CompletedProcess,
  DEVNULL,
  PIPE,
  run,
  STDOUT,
} from "../../io/subprocess.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import {
  cancelledBefore,
  cancelledDuring,
  exists,
  inKernel,
  type Interrupted,
  isRunning,
  MUCH,
  text,
} from "./processes.ts";

/** Writes its process id, then waits for ever. */
const TELL_AND_SLEEP = ["sh", "-c", "echo $$; exec sleep 1000"];

Deno.test("subprocess.run() returns how the process ended, and what is piped", () =>
  inKernel(async () => {
    const args = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    const done = await run(args, { stdout: PIPE, stderr: PIPE });
    assertInstanceOf(done, CompletedProcess);
    assertEquals(done.args, args);
    assertEquals([text(done.stdout), text(done.stderr), done.returncode], ["out\n", "err\n", 3]);
  }));

Deno.test("subprocess.run() gives nothing for what is not piped", () =>
  inKernel(async () => {
    const done = await run(["echo", "lost"], { stdout: DEVNULL });
    assertEquals([done.returncode, done.stdout.length, done.stderr.length], [0, 0, 0]);
  }));

Deno.test("subprocess.run() feeds its input, bytes or text", () =>
  inKernel(async () => {
    const bytes = await run(["cat"], { input: new Uint8Array(MUCH), stdout: PIPE });
    assertEquals(bytes.stdout.length, MUCH);
    const words = await run("cat", { input: "zwölf", stdout: PIPE, stdin: PIPE });
    assertEquals(text(words.stdout), "zwölf");
  }));

Deno.test("subprocess.run() refuses both stdin and input", () =>
  inKernel(async () => {
    const both = () => run(["cat"], { input: "x", stdin: DEVNULL });
    assertAdvice(await assertRejects(both, TypeError), /both stdin and input/);
  }));

Deno.test("subprocess.run() with check rejects with CalledProcessError", () =>
  inKernel(async () => {
    const args = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    const error = await assertRejects(
      () => run(args, { check: true, stdout: PIPE, stderr: PIPE }),
      CalledProcessError,
    );
    assertInstanceOf(error, CurioError);
    assertEquals(error.name, "CalledProcessError");
    assertEquals([error.cmd, error.returncode], [args, 3]);
    assertEquals([text(error.stdout), text(error.stderr)], ["out\n", "err\n"]);
    assertAdvice(
      error,
      /'sh -c echo out; .* ended with status 3, saying "err": see the error's stderr and/,
    );
    const silent = await assertRejects(() => run("false", { check: true }), CalledProcessError);
    assertAdvice(silent, /'false' ended with status 1: see the error's returncode/);
  }));

Deno.test("subprocess.run() with check tells the signal that ended the process", () =>
  inKernel(async () => {
    const script = "kill -9 $$";
    const error = await assertRejects(
      () => run(script, { shell: true, check: true }),
      CalledProcessError,
    );
    assertEquals([error.cmd, error.returncode], [script, -9]);
    assertAdvice(error, /ended by signal 9/);
  }));

Deno.test("CompletedProcess.checkReturncode() throws only for a process that failed", () => {
  new CompletedProcess(["true"], 0).checkReturncode();
  const failed = new CompletedProcess(["false"], 1);
  try {
    failed.checkReturncode();
  } catch (error) {
    assertInstanceOf(error, CalledProcessError);
    assertEquals(error.returncode, 1);
    return;
  }
  throw new Error("it did not throw");
});

Deno.test("subprocess.run() rejects with NotFound if there is no such program", () =>
  inKernel(async () => {
    await assertRejects(() => run(["no-such-program-here"]), Deno.errors.NotFound);
  }));

Deno.test("subprocess.run() with a cancellation pending starts nothing", () =>
  inKernel(async () => {
    const error = await cancelledBefore(() => run(["no-such-program-here"]));
    assertEquals([error.stdout.length, error.stderr.length], [0, 0]);
  }));

Deno.test("subprocess.run() cancelled kills the process, and has its output on the error", () =>
  inKernel(async () => {
    const error = await timedOut(() => run(TELL_AND_SLEEP, { stdout: PIPE, stderr: PIPE }));
    assertEquals(error.stderr.length, 0);
    assert(!exists(Number(text(error.stdout))));
  }));

Deno.test("subprocess.run() cancelled by a timeout further out has its output on the TaskTimeout", () =>
  inKernel(async () => {
    const within = () => timeoutAfter(1000, run, TELL_AND_SLEEP, { stdout: PIPE });
    const error = await timedOut(within);
    assert(!exists(Number(text(error.stdout))));
  }));

Deno.test("subprocess.run() cancelled with its input half written kills the process", () =>
  inKernel(async () => {
    const input = new Uint8Array(MUCH);
    const error = await timedOut(() => run(TELL_AND_SLEEP, { input, stdout: PIPE }));
    assert(!exists(Number(text(error.stdout))));
  }));

Deno.test("subprocess.run() cancelled does not wait for grandchildren that hold the pipe", () =>
  inKernel(async () => {
    const file = await Deno.makeTempFile();
    const started = () => Deno.readTextFileSync(file).split(" ").map(Number);
    const script = `sleep 1000 & echo $! $$ done >'${file}'; wait`;
    await cancelledDuring(
      () => run(["sh", "-c", script], { stdout: PIPE }),
      () => started().length === 3,
    );
    const [grandchild, child] = started();
    assert(!exists(child) && isRunning(grandchild));
    Deno.kill(grandchild, "SIGKILL");
    await Deno.remove(file);
  }));

Deno.test("subprocess.run() of a process without pipes, cancelled, kills it", () =>
  inKernel(async () => {
    await cancelledDuring(() => run(["sleep", "1000"]));
  }));

Deno.test("subprocess.run() within ignoreAfter gives null when time runs out", () =>
  inKernel(async () => {
    assertEquals(await ignoreAfter(0.02, run, ["sleep", "1000"]), null);
  }));

Deno.test("subprocess.run() works outside a task", async () => {
  assertEquals((await run(["sh", "-c", "exit 5"])).returncode, 5);
});

Deno.test("subprocess.checkOutput() returns what the process wrote", () =>
  inKernel(async () => {
    assertEquals(text(await checkOutput(["echo", "hello"])), "hello\n");
    const both = await checkOutput("cat; echo err >&2", {
      shell: true,
      input: "in\n",
      stderr: STDOUT,
    });
    assertEquals(text(both), "in\nerr\n");
  }));

Deno.test("subprocess.checkOutput() rejects with CalledProcessError on failure", () =>
  inKernel(async () => {
    const script = "echo out; exit 2";
    const error = await assertRejects(
      () => checkOutput(script, { shell: true }),
      CalledProcessError,
    );
    assertEquals([text(error.stdout), error.returncode], ["out\n", 2]);
  }));

Deno.test("subprocess.checkOutput() cancelled kills the process", () =>
  inKernel(async () => {
    const error = await timedOut(() => checkOutput(TELL_AND_SLEEP));
    assert(!exists(Number(text(error.stdout))));
  }));

/** The error of `operation`, given long enough for a process to say a line. */
async function timedOut(operation: () => Promise<unknown>): Promise<Interrupted> {
  for (let seconds = 0.1;; seconds *= 2) {
    const error = await assertRejects(() => timeoutAfter(seconds, operation), TaskTimeout);
    if ((error as Interrupted).stdout?.length > 0 || seconds > 5) return error as Interrupted;
  }
}
