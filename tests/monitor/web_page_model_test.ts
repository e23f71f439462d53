import { assert, assertEquals } from "@std/assert";
import { WebHistory } from "../../monitor/web_history.ts";
import { PageModel } from "../../monitor/web_page_model.ts";
import { type PageFilter, PageRows } from "../../monitor/web_page_rows.ts";
import { PageStates } from "../../monitor/web_page_states.ts";
import { PageWords } from "../../monitor/web_page_words.ts";
import { FakeSource } from "./web_fake_source.ts";

/** A program, its history, and a page that follows it, without a browser or time. */
class Watched {
  readonly source = new FakeSource();
  readonly model = new PageModel();
  readonly #known = new Map<number, number>();
  #history: WebHistory | null = null;
  #told = 0;

  /** One look; unless told otherwise the page gets a frame of it. */
  look(tell = true): void {
    const snapshot = this.source.snapshot();
    if (this.#history === null) this.#history = new WebHistory(snapshot, 0);
    else this.#history.look(snapshot, this.#history.tick * 250);
    if (!tell) return;
    const frame = this.#history.frame(this.#known, this.#told === 0, this.#told);
    this.#told = frame.tick;
    this.model.apply(JSON.parse(JSON.stringify(frame)));
  }

  /** The page knows nothing any more, to the server. */
  reconnect(): void {
    this.#known.clear();
    this.#told = 0;
  }

  /** The list as indented names; what only stands above a match is in brackets. */
  list(filter: Partial<PageFilter> = {}): string[] {
    return PageRows.of(this.model, { text: "", state: "", busiest: false, ...filter })
      .map(({ task, depth, match }) =>
        " ".repeat(depth) + (match ? task.view.name : `(${task.view.name})`)
      );
  }
}

function family(): Watched {
  const watched = new Watched();
  watched.source.set(1, { name: "main", state: "TASK_JOIN" });
  watched.source.set(2, { name: "server", parentId: 1, state: "ACCEPT_WAIT" });
  watched.source.set(3, { name: "kid", parentId: 1, state: "TIME_SLEEP" });
  watched.source.set(4, { name: "client", parentId: 2 });
  watched.look();
  return watched;
}

Deno.test("PageRows.of() shows tasks under the tasks that spawned them", () => {
  const watched = family();
  assertEquals(watched.list(), ["main", " server", "  client", " kid"]);
  watched.model.tasks.get(2)!.closed = true;
  assertEquals(watched.list(), ["main", " server", " kid"]);
});

Deno.test("PageRows.of() filters by name, number, state and family, and keeps what is above", () => {
  const watched = family();
  assertEquals(watched.list({ text: "CLI" }), ["(main)", " (server)", "  client"]);
  assertEquals(watched.list({ text: "#3" }), ["(main)", " kid"]);
  assertEquals(watched.list({ state: "TIME_SLEEP" }), ["(main)", " kid"]);
  assertEquals(watched.list({ state: "io" }), ["(main)", " server", "  client"]);
  assertEquals(watched.list({ text: "kid", state: "io" }), []);
  watched.model.tasks.get(1)!.closed = true;
  assertEquals(watched.list({ text: "kid" }), ["(main)", " kid"], "also under what is folded");
});

Deno.test("PageRows.of() puts the busiest first if asked", () => {
  const watched = family();
  watched.source.set(3, { cycles: 500 });
  watched.source.set(4, { cycles: 50 });
  watched.look();
  assertEquals(watched.list({ busiest: true }), ["kid", "client", "main", "server"]);
  watched.source.silentFor = 5;
  watched.source.set(2, { state: "RUNNING" });
  watched.look();
  assertEquals(watched.list({ busiest: true })[0], "server", "nobody else gets to run");
});

Deno.test("PageRows.of() takes 5 000 tasks each of which spawned the next", () => {
  const watched = new Watched();
  for (let id = 1; id <= 5000; id++) watched.source.set(id, { parentId: id === 1 ? null : id - 1 });
  watched.look();
  assertEquals(watched.list({ text: "task-5000" }).length, 5000);
  assertEquals(watched.list()[4999], " ".repeat(4999) + "task-5000");
});

Deno.test("PageModel shows a task that has ended for a while, then its children in its place", () => {
  const watched = family();
  watched.source.tasks.delete(2);
  watched.look();
  assertEquals(watched.model.alive, 3);
  assertEquals(watched.list(), ["main", " server", "  client", " kid"]);
  for (let looks = 0; looks < PageModel.LINGER; looks++) watched.look();
  assertEquals(watched.list(), ["main", " kid", " client"]);
});

Deno.test("PageModel shows no more than a hundred tasks that have ended", () => {
  const watched = new Watched();
  for (let id = 1; id <= 3000; id++) watched.source.set(id);
  watched.look();
  watched.source.tasks.clear();
  watched.source.set(4000);
  watched.look();
  assertEquals([watched.model.alive, watched.model.tasks.size], [1, 101]);
});

Deno.test("PageModel takes in a connection that comes back, and leaves folded what was", () => {
  const watched = family();
  watched.model.tasks.get(2)!.closed = true;
  watched.reconnect();
  watched.source.tasks.delete(3);
  watched.look();
  assertEquals(watched.list(), ["main", " server"]);
  assertEquals([watched.model.alive, watched.model.tick], [3, 2]);
});

Deno.test("PageTask remembers the states of the looks that it was told of, and of those between", () => {
  const watched = family();
  const { source, model } = watched;
  watched.look();
  source.set(3, { state: "QUEUE_GET", cycles: 65 });
  watched.look();
  watched.look(false);
  watched.look();
  const task = model.tasks.get(3)!;
  task.catchUp(model.tick);
  const seen = [1, 2, 3, 4, 5].map((tick) => PageStates.all[task.stateAt(tick) - 1]);
  assertEquals(seen, ["TIME_SLEEP", "TIME_SLEEP", "QUEUE_GET", "QUEUE_GET", "QUEUE_GET"]);
  assertEquals([1, 2, 3, 4, 5].map((tick) => task.activityAt(tick)), [0, 0, 4, 0, 0]);
  assertEquals([task.stateAt(0), task.stateAt(6)], [0, 0]);
});

Deno.test("PageTask forgets what is over a minute ago", () => {
  const watched = family();
  for (let looks = 0; looks < 600; looks++) watched.look();
  const task = watched.model.tasks.get(3)!;
  task.catchUp(watched.model.tick);
  assertEquals(task.stateAt(601 - 240), 0);
  assert(task.stateAt(601 - 239) > 0);
  assertEquals(watched.model.pulse.length, 240);
});

Deno.test("PageTask.rateAt() follows what a task does, and fades when it rests", () => {
  const watched = family();
  for (let looks = 1; looks <= 12; looks++) {
    watched.source.set(3, { cycles: 1 + 25 * looks });
    watched.look();
  }
  const { model } = watched;
  assertEquals(Math.round(model.tasks.get(3)!.rateAt(model.tick)), 100);
  for (let looks = 0; looks < 12; looks++) watched.look();
  assertEquals(model.tasks.get(3)!.rateAt(model.tick), 0);
});

Deno.test("WebHistory tells nothing of a task whose deadlines only come nearer", () => {
  const source = new FakeSource();
  source.set(1, { sleep: 10, timeout: 20 });
  const history = new WebHistory(source.snapshot(), 0);
  const known = new Map<number, number>();
  assertEquals(history.frame(known, true, 0).tasks[0].sleep, 10_000);
  source.set(1, { sleep: 9.7, timeout: 19.8 });
  history.look(source.snapshot(), 250);
  assertEquals(history.frame(known, false, 1).tasks, []);
  source.set(1, { sleep: 60 });
  history.look(source.snapshot(), 500);
  assertEquals(history.frame(known, false, 2).tasks[0].sleep, 60_500);
});

Deno.test("PageStates knows every state once", () => {
  assertEquals(new Set(PageStates.all).size, PageStates.all.length);
  assertEquals(PageStates.codeOf("RUNNING"), 1);
  assertEquals(PageStates.codeOf("MADE_UP"), 0);
  assertEquals(PageStates.familyOf("MADE_UP"), "outside");
  const levels = [0, 1, 3, 4, 1000, 1e9].map((cycles) => PageStates.activityOf(cycles));
  assertEquals(levels, [0, 1, 1, 2, 5, 9]);
});

Deno.test("PageWords says numbers shortly", () => {
  const counts = [0, 999, 1000, 9949, 9950, 999_499, 999_500, 12_345_678];
  assertEquals(counts.map(PageWords.short), [
    "0",
    "999",
    "1.0k",
    "9.9k",
    "10k",
    "999k",
    "1.0M",
    "12.3M",
  ]);
  const durations = [0, 9.94, 9.96, 119, 3600, 86_400, 1e6];
  assertEquals(
    durations.map(PageWords.seconds),
    ["0.0 s", "9.9 s", "10 s", "119 s", "60 min", "24 h", "12 d"],
  );
});
