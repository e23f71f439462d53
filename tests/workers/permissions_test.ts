import { assertEquals } from "@std/assert";

const MOD = JSON.stringify(import.meta.resolve("../../mod.ts"));
const JOBS = import.meta.resolve("./permission_jobs.ts");

/** What a program with these permissions prints. */
async function output(source: string, ...permissions: string[]): Promise<string[]> {
  const url = `data:application/typescript,${encodeURIComponent(source)}`;
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-check", "--no-prompt", ...permissions, url],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout).trimEnd().split("\n");
}

/** Asks a worker which permissions it has. */
const ASK = `
  import { run, runInProcess, runInThread, workerModule } from ${MOD};
  async function ask() {
    const granted = [];
    for (const name of ["read", "write", "net", "env", "run", "sys", "ffi"]) {
      const { state } = await Deno.permissions.query({ name });
      if (state === "granted") granted.push(name);
    }
    return granted.join(" ") || "none";
  }
  const tell = (what) => console.log(what);
  const fail = (error) => console.log(error.name + ": " + error.message.split("\\n")[0]);
`;

Deno.test("runInThread() and runInProcess() run in a program without any permission", async () => {
  const source = `${ASK}
    await run(async () => {
      tell(await runInThread(ask));
      tell(await runInProcess(ask));
      tell(await runInProcess(() => Deno.pid) === Deno.pid);
    });`;
  assertEquals(await output(source), ["none", "none", "true"]);
});

Deno.test("runInProcess() gives a process what the program has as a whole, and no more", async () => {
  const source = `${ASK}
    await run(async () => {
      const isolate = "process";
      tell(await runInProcess({ isolate }, ask));
      await runInProcess({ isolate }, () => Deno.readTextFileSync("/etc/hostname")).catch(fail);
    });`;
  const deno = `--allow-run=${Deno.execPath()}`;
  assertEquals((await output(source, deno))[0], "none");
  assertEquals((await output(source, deno, "--allow-net", "--allow-env"))[0], "net env");
  assertEquals(await output(source, deno, "--allow-read=/tmp", "--allow-net"), [
    "net",
    'NotCapable: Requires read access to "/etc/hostname", run again with the --allow-read flag',
  ]);
  assertEquals((await output(source, "-A", "--deny-net"))[0], "read write env run sys ffi");
});

Deno.test("runInProcess() uses a process that is free without asking, and starts none", async () => {
  const source = `${ASK}
    await run(async () => {
      const pid = () => Deno.pid;
      const first = await runInProcess(pid);
      Deno.permissions.revokeSync({ name: "run", command: Deno.execPath() });
      tell(await runInProcess(pid) === first);
      const both = await Promise.all([runInProcess(pid), runInProcess(pid)]);
      tell(both[0] === first && both[1] === Deno.pid);
    });`;
  assertEquals(await output(source, `--allow-run=${Deno.execPath()}`), ["true", "true"]);
});

Deno.test("runInProcess() gives a process no hosts to import from that the program has not", async () => {
  const source = `${ASK}
    const mayImport = (host) => Deno.permissions.querySync({ name: "import", host }).state;
    await run(async () => {
      tell(await runInProcess({ isolate: "process" }, mayImport, "jsr.io:443"));
      tell(await runInProcess({ isolate: "process" }, mayImport, "example.com:443"));
    });`;
  const deno = `--allow-run=${Deno.execPath()}`;
  assertEquals(await output(source, deno), ["granted", "prompt"]);
  assertEquals(await output(source, deno, "--allow-import=other.example"), ["prompt", "prompt"]);
  assertEquals(await output(source, deno, "--allow-import"), ["granted", "granted"]);
});

Deno.test("runInThread() gives a thread what the program has", async () => {
  const source = `${ASK} await run(async () => tell(await runInThread(ask)));`;
  assertEquals(await output(source, "--allow-net", "--allow-env=HOME"), ["net"]);
});

Deno.test("runInProcess() in a process says which permission it needs", async () => {
  const source = `${ASK}
    await run(() => runInProcess({ isolate: "process" }, () => 1)).catch(fail);`;
  assertEquals(await output(source), [
    "CurioError: Cannot give runInProcess() a process because the program may not run Deno: " +
    'start it with --allow-run=deno, or leave it to isolate: "auto"',
  ]);
});

Deno.test("workerModule() takes the permission to read the module, and says so", async () => {
  const source = `${ASK}
    const jobs = workerModule(${JSON.stringify(JOBS)});
    await run(() => runInThread(jobs.answer)).then(tell, fail);`;
  const [refusal] = await output(source);
  assertEquals(
    /^CurioError: Cannot call 'answer' in runInThread\(\) because it does not load: .*--allow-read/
      .test(refusal),
    true,
    refusal,
  );
  assertEquals(await output(source, `--allow-read=${new URL(JOBS).pathname}`), ["42"]);
});
