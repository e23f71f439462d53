import { assertEquals, assertStringIncludes } from "@std/assert";
import { Example } from "./example.ts";
import { until } from "./proc.ts";

Deno.test("ping.ts: shows each line as soon as the program has written it", async () => {
  const go = await Deno.makeTempDir();
  await Deno.remove(go);
  const script = 'echo one; until [ -d "$0" ]; do sleep 0.01; done; echo two';
  await using ping = new Example("ping.ts", {
    args: ["sh", "-c", script, go],
    permissions: ["--allow-run=sh"],
  });
  await ping.line("Got: one");
  await Deno.mkdir(go);
  const { code, lines, errors } = await ping.end();
  assertEquals([code, lines, errors], [0, ["Got: one", "Got: two"], ""]);
  await Deno.remove(go);
});

Deno.test("ping.ts: Control-C ends it with status 130, and the program with it", async () => {
  const script = 'echo $$; while :; do echo "tick"; sleep 0.01; done';
  await using ping = new Example("ping.ts", {
    args: ["sh", "-c", script],
    permissions: ["--allow-run=sh"],
  });
  await ping.line("Got: tick");
  const pid = Number(ping.lines[0].replace("Got: ", ""));
  ping.kill("SIGINT");
  assertEquals((await ping.end()).code, 130);
  await until(() => !exists(`/proc/${pid}`), () => `Process ${pid} is still there.`);
});

Deno.test("ping.ts: says so where there is no such program", async () => {
  await using ping = new Example("ping.ts", {
    args: ["no-such-program"],
    permissions: ["--allow-run"],
  });
  const { code, lines, errors } = await ping.end();
  assertEquals([code, lines], [1, []]);
  assertStringIncludes(errors, "Cannot start 'no-such-program' because there is no such program");
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
