import { assertEquals } from "@std/assert";
import { execute } from "../../monitor/commands.ts";
import { FakeSource } from "./web_fake_source.ts";

/** What a client sees for `line`, or what else comes of it. */
async function reply(line: string, source = new FakeSource()): Promise<string> {
  const openWeb = () => Promise.resolve("http://127.0.0.1:1/");
  const outcome = await execute(line, { source, openWeb });
  if (outcome.kind === "text") return outcome.text;
  if (outcome.kind === "lines") return [...outcome.lines].map((each) => `${each}\n`).join("");
  return outcome.kind;
}

/** A main task, its kid, and two in a group. */
function family(): FakeSource {
  const source = new FakeSource();
  source.set(1, { name: "main", state: "TASK_JOIN", waitsFor: "task 2 'kid'", waitsForId: 2 });
  source.set(2, { name: "kid", parentId: 1, state: "TIME_SLEEP", operation: "sleep()" });
  source.set(3, { name: "Max", parentId: 1, group: 1, daemon: true });
  source.set(4, { name: "Lillian", parentId: 1, group: 1, cancelled: true });
  source.set(5, { name: "toy", parentId: 4 });
  source.set(9, { name: "orphan", parentId: 8, state: "RUNNING" });
  return source;
}

Deno.test("execute() takes Curio's short forms, and no shorter ones of what does harm", async () => {
  for (const line of ["q", "quit", "exit", " quit "]) assertEquals(await reply(line), "leave");
  for (const line of ["p", "ps"]) assertEquals((await reply(line)).split(" ")[0], "Task");
  for (const line of ["h", "help"]) assertEquals((await reply(line)).split("\n")[0], "Commands:");
  for (const line of ["w 1", "wh 1", "where 1"]) {
    assertEquals(await reply(line), "Stack for task 1\n\n");
  }
  for (const line of ["c 1", "can 1", "s SIGHUP", "ex", "pss", "quitter", "constructor"]) {
    assertEquals(await reply(line), "Unknown command. Type help.\n");
  }
});

Deno.test("execute() says nothing to an empty line", async () => {
  assertEquals(await reply("  "), "");
});

Deno.test("execute() says what a command wants", async () => {
  assertEquals(await reply("where"), "Bad command. where needs a task id: where 3\n");
  assertEquals(await reply("signal"), "Bad command. signal needs a name: signal SIGHUP\n");
  for (const id of ["x", "-1", "1.5", "1e3", "0x1", "1 2", "9999999999999999"]) {
    const why = `Cannot read '${id}' as a task id: ps lists them`;
    assertEquals(await reply(`cancel ${id}`), `Bad command. ${why}\n`);
  }
  assertEquals(
    await reply("json"),
    "Bad command. json takes ps, tree, top, where, parents, scopes or held: json ps\n",
  );
});

Deno.test("parents lists a task and its ancestors as Curio does", async () => {
  assertEquals(
    await reply("parents 5", family()),
    "5         READ_WAIT toy\n4         READ_WAIT Lillian\n1         TASK_JOIN main\n",
  );
  assertEquals(await reply("parents 7", family()), "No task 7\n");
});

Deno.test("tree shows tasks under their parents, and groups", async () => {
  assertEquals(
    await reply("tree", family()),
    `1 main  TASK_JOIN for task 2 'kid'
├─ 2 kid  TIME_SLEEP in sleep()
└─ group 1 (2 tasks)
   ├─ 3 Max  READ_WAIT daemon
   └─ 4 Lillian  READ_WAIT cancelled
      └─ 5 toy  READ_WAIT
9 orphan  RUNNING
`,
  );
});

Deno.test("tree shows a chain of thousands", async () => {
  const source = new FakeSource();
  for (let id = 1; id <= 2000; id++) source.set(id, { parentId: id - 1 || null });
  assertEquals((await reply("tree", source)).split("\n").length, 2001);
});

Deno.test("json gives the same for tools", async () => {
  const { tasks } = JSON.parse(await reply("json ps", family()));
  assertEquals(tasks.length, 6);
  const [main] = JSON.parse(await reply("json tree", family()));
  assertEquals(main.children.map(({ name }: { name: string }) => name), ["kid", "Max", "Lillian"]);
  const { frames } = JSON.parse(await reply("json where 2", family()));
  assertEquals(frames[0].function, "kid");
  const top = JSON.parse(await reply("json top", family()));
  assertEquals(top.states, { READ_WAIT: 3, RUNNING: 1, TASK_JOIN: 1, TIME_SLEEP: 1 });
  assertEquals(top.tasks[0].name, "orphan");
});

Deno.test("complete offers commands, task ids and signals", async () => {
  assertEquals(await reply("complete s"), "scopes\nsignal\n");
  assertEquals(await reply("complete "), await reply("complete"));
  assertEquals(await reply("complete w ", family()), "w 1\nw 2\nw 3\nw 4\nw 5\nw 9\n");
  assertEquals(await reply("complete json wh"), "json where\n");
  assertEquals(await reply("complete json where 9", family()), "json where 9\n");
  assertEquals(await reply("complete signal SIGUS"), "signal SIGUSR1\nsignal SIGUSR2\n");
  assertEquals(await reply("complete ps x"), "");
});

Deno.test("web tells where the web view is", async () => {
  assertEquals(await reply("web"), "Web view at http://127.0.0.1:1/\n");
});
