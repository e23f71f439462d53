import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import {
  CurioError,
  disableCancellation,
  Event,
  Kernel,
  Local,
  run,
  schedule,
  spawn,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";

interface Tags {
  address: string;
  user: { name: string };
  hits: number;
}

Deno.test("Local reads an unset property as undefined", async () => {
  const local = new Local<Tags>();
  await run(() => assertEquals(local.address, undefined));
});

Deno.test("Local reads in a task what the task has set, across its waits", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "10.0.0.1";
    await schedule();
    assertEquals(local.address, "10.0.0.1");
  });
});

Deno.test("Local is read by plain functions that the task calls", async () => {
  const local = new Local<Tags>();
  const log = (text: string) => `[${local.address}] ${text}`;
  await run(async () => {
    local.address = "10.0.0.1";
    await schedule();
    assertEquals(log("hello"), "[10.0.0.1] hello");
  });
});

Deno.test("Local is inherited by a child, a copy as of its spawning", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "before";
    const child = spawn(async () => {
      const first = local.address;
      await schedule();
      return [first, local.address];
    });
    local.address = "after";
    assertEquals(await child.join(), ["before", "before"]);
    assertEquals(local.address, "after");
  });
});

Deno.test("Local set by a child is not seen by its parent or its siblings", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "parent";
    const set = new Event();
    const child = spawn(() => {
      local.address = "child";
      local.hits = 1;
      set.set();
    });
    const sibling = spawn(async () => {
      await set.wait();
      return { ...local };
    });
    await child.join();
    assertEquals([{ ...local }, await sibling.join()], [
      { address: "parent" },
      { address: "parent" },
    ]);
  });
});

Deno.test("Local is inherited by grandchildren, through a child that sets nothing", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "grandparent";
    const child = spawn(() => spawn(() => local.address).join());
    assertEquals(await child.join(), "grandparent");
  });
});

Deno.test("Local is inherited by each child as it is then", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    const children = [1, 2, 3].map((hits) => {
      local.hits = hits;
      return spawn(() => local.hits);
    });
    const seen: unknown[] = [];
    for (const child of children) seen.push(await child.join());
    assertEquals(seen, [1, 2, 3]);
  });
});

Deno.test("Local is inherited by the members of a group from the task that spawns them", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "main";
    const group = new TaskGroup<string | undefined>();
    group.spawn(() => local.address);
    await spawn(() => {
      local.address = "spawner";
      group.spawn(() => local.address);
    }).join();
    await group.join();
    assertEquals(group.results, ["main", "spawner"]);
  });
});

Deno.test("Local copies the properties, not the objects they hold", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.user = { name: "Max" };
    await spawn(() => void (local.user!.name = "Lillian")).join();
    assertEquals(local.user.name, "Lillian");
  });
});

Deno.test("Local of one object is not that of another", async () => {
  const [first, second] = [new Local<Tags>(), new Local<Tags>()];
  await run(async () => {
    first.address = "first";
    second.address = "second";
    const child = spawn(() => {
      first.address = "child";
      return [first.address, second.address];
    });
    assertEquals(await child.join(), ["child", "second"]);
    assertEquals([first.address, second.address], ["first", "second"]);
  });
});

Deno.test("Local shows what is set to keys, spread, in and JSON", async () => {
  const local = new Local<Tags>();
  await run(() => {
    assertEquals(Object.keys(local), []);
    local.address = "10.0.0.1";
    local.hits = 2;
    assertEquals(Object.keys(local), ["address", "hits"]);
    assertEquals({ ...local }, { address: "10.0.0.1", hits: 2 });
    assertEquals(["address" in local, "user" in local], [true, false]);
    assertEquals(JSON.stringify(local), '{"address":"10.0.0.1","hits":2}');
  });
});

Deno.test("Local shows what is inherited to keys and in", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "10.0.0.1";
    const child = spawn(() => [Object.keys(local), "address" in local]);
    assertEquals(await child.join(), [["address"], true]);
  });
});

Deno.test("Local loses a property to delete, in this task alone", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "10.0.0.1";
    const child = spawn(() => {
      delete local.address;
      return [local.address, "address" in local, Object.keys(local)];
    });
    assertEquals(await child.join(), [undefined, false, []]);
    assertEquals(local.address, "10.0.0.1");
  });
});

Deno.test("Local keeps a property set to undefined", async () => {
  const local = new Local<Tags>();
  await run(() => {
    local.address = undefined;
    assertEquals([Object.keys(local), "address" in local], [["address"], true]);
  });
});

Deno.test("Local takes Object.assign and Object.defineProperty", async () => {
  const local = new Local<Tags>();
  await run(() => {
    Object.assign(local, { address: "10.0.0.1" });
    Object.defineProperty(local, "hits", { value: 3, enumerable: true, writable: true });
    assertEquals({ ...local }, { address: "10.0.0.1", hits: 3 });
  });
});

Deno.test("Local keeps a property under a symbol", async () => {
  const trace = Symbol("trace");
  const local = new Local<{ [trace]: string }>();
  await run(async () => {
    local[trace] = "id 7";
    assertEquals([local[trace], trace in local], ["id 7", true]);
    assertEquals(await spawn(() => local[trace]).join(), "id 7");
  });
});

Deno.test("Local is seen inside timeouts, shields and groups of the same task", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.hits = 0;
    await timeoutAfter(60, () => void local.hits!++);
    await disableCancellation(() => void local.hits!++);
    await new TaskGroup().run(() => void local.hits!++);
    assertEquals(local.hits, 3);
  });
});

Deno.test("Local of one run is gone in the next", async () => {
  const local = new Local<Tags>();
  await using kernel = new Kernel();
  await kernel.run(() => void (local.address = "first"));
  await kernel.run(() => assertEquals(local.address, undefined));
});

Deno.test("Local of a background task survives between runs", async () => {
  const local = new Local<Tags>();
  await using kernel = new Kernel();
  const go = new Event();
  const task = await kernel.run(() =>
    spawn(async () => {
      local.address = "background";
      await go.wait();
      return local.address;
    })
  );
  await kernel.run();
  go.set();
  assertEquals(await kernel.run(() => task.join()), "background");
});

Deno.test("Local outside a task throws CurioError for reading, writing, in, delete and keys", () => {
  const local = new Local<Tags>();
  const uses = [
    () => local.address,
    () => void (local.address = "x"),
    () => "address" in local,
    () => void delete local.address,
    () => Object.keys(local),
    () => ({ ...local }),
  ];
  for (const use of uses) {
    assertAdvice(assertThrows(use, CurioError), /Local outside a task/);
  }
});

Deno.test("Local can be printed in a task, where it shows what is set, and outside", async () => {
  const local = new Local<Tags>();
  await run(() => {
    local.address = "10.0.0.1";
    assert(Deno.inspect(local).includes("10.0.0.1"), Deno.inspect(local));
  });
  assertFalse(Deno.inspect(local).includes("10.0.0.1"));
});

Deno.test("Local can be awaited and returned from async functions", async () => {
  const local = new Local<Tags>();
  await run(async () => {
    local.address = "10.0.0.1";
    const same = await Promise.resolve(local);
    assertEquals(same.address, "10.0.0.1");
  });
  const outside = await (() => Promise.resolve([local]))();
  assert(outside[0] === local);
});

Deno.test("AsyncLocalStorage of anybody flows into children, members and their waits", async () => {
  const storage = new AsyncLocalStorage<string>();
  await run(async () => {
    const group = new TaskGroup<(string | undefined)[]>();
    async function look(): Promise<(string | undefined)[]> {
      const first = storage.getStore();
      await schedule();
      return [first, storage.getStore()];
    }
    storage.run("request 7", () => group.spawn(look));
    group.spawn(look);
    const child = storage.run("request 8", () => spawn(() => spawn(look).join()));
    await group.join();
    assertEquals(group.results, [["request 7", "request 7"], [undefined, undefined]]);
    assertEquals(await child.join(), ["request 8", "request 8"]);
  });
});

Deno.test("AsyncLocalStorage around run() flows into the first task", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen = await storage.run("outside", () =>
    run(async () => {
      await schedule();
      return storage.getStore();
    }));
  assertEquals(seen, "outside");
});

Deno.test("AsyncLocalStorage of a task is not disturbed by who wakes it", async () => {
  const storage = new AsyncLocalStorage<string>();
  await run(async () => {
    const event = new Event();
    const sleeper = storage.run("sleeper", () =>
      spawn(async () => {
        await event.wait();
        return storage.getStore();
      }));
    await schedule();
    storage.run("waker", () => event.set());
    assertEquals(await sleeper.join(), "sleeper");
  });
});
