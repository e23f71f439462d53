import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  abortable,
  CancelScope,
  disableCancellation,
  Event,
  ignoreAfter,
  Lock,
  Queue,
  run,
  SignalSet,
  sleep,
  spawn,
  TaskError,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";
import { explainUnbound } from "../../kernel/unbound_method.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

const ADVICE =
  "Cannot call 'join' without its object: pass () => object.join() instead of object.join";

class Account {
  #balance = 0;
  owner = { name: "Guido" };

  async show() {
    await Promise.resolve();
    return this.#balance;
  }
  reset() {
    this.#balance = 0;
  }
  close() {
    this.#settle();
  }
  name() {
    return this.owner.name;
  }
  static peek(account: Account) {
    return account.#balance;
  }
  readonly bound = () => Account.peek(undefined as unknown as Account);

  #settle() {}
}

/** What `fn` throws. */
async function thrown(fn: () => unknown): Promise<unknown> {
  try {
    await fn();
  } catch (error) {
    return error;
  }
  throw new Error("it returned");
}

/** What `fn`, called as the library calls it, ends with. */
async function explained(fn: (...args: never[]) => unknown): Promise<unknown> {
  return explainUnbound(fn, await thrown(() => Reflect.apply(fn, undefined, [])));
}

Deno.test("timeoutAfter(10, task.join) says that the method lost its object", async () => {
  await run(async () => {
    const task = spawn(sleep, 0);
    const error = await assertRejects(() => timeoutAfter(10, task.join), TypeError, ADVICE);
    assertInstanceOf(error.cause, TypeError);
    assertStringIncludes(error.cause.message, "#record");
  });
});

Deno.test("ignoreAfter(1, event.wait) says that the method lost its object", async () => {
  await run(() =>
    assertRejects(() => ignoreAfter(1, new Event().wait), TypeError, "() => object.wait()")
  );
});

Deno.test("spawn(queue.get) crashes with an error that says what to pass", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn(new Queue().get);
    const error = await assertRejects(
      () => task.join(),
      TaskError,
      "crashed: Cannot call 'get' without",
    );
    assertStrictEquals(error.cause, task.exception);
  });
});

Deno.test("run(group.join) rejects with an error that says what to pass", async () => {
  const group = new TaskGroup();
  await assertRejects(() => run(group.join), TypeError, ADVICE);
});

Deno.test("A method with arguments is shown with some: queue.put(...)", async () => {
  await run(async () => {
    const { put } = new Queue<number>();
    await assertRejects(
      () => timeoutAfter(1, put, 5),
      TypeError,
      "pass () => object.put(...) instead",
    );
  });
});

Deno.test("Every function that enters a method without its object says so", async () => {
  const { join } = new TaskGroup();
  using signals = new SignalSet("SIGUSR2");
  await run(async () => {
    const entrances: (() => Promise<unknown>)[] = [
      () => disableCancellation(join),
      () => new CancelScope().run(join),
      () => new TaskGroup().run(join),
      () => new Lock().run(join),
      () => signals.run(join),
      () => signals.ignore(join),
    ];
    for (const enter of entrances) await assertRejects(enter, TypeError, ADVICE);
    await assertRejects(() => abortable(new Event().wait), TypeError, "object.wait()");
  });
});

Deno.test("A method of the user's own that reads, sets or calls something private is explained too", async () => {
  const account = new Account();
  for (const fn of [account.show, account.reset, account.close]) {
    const error = await explained(fn) as Error;
    assertEquals(
      error.message,
      `Cannot call '${fn.name}' without its object: ` +
        `pass () => object.${fn.name}() instead of object.${fn.name}`,
    );
  }
});

Deno.test("An error that need not come of a lost object is rejected with as it is", async () => {
  const account = new Account();
  const missing = { f: () => Account.peek(undefined as never) };
  const shorthand = {
    f() {
      return Account.peek(null as never);
    },
  };
  const functions = [
    account.name, // nothing private
    account.bound, // an arrow function that met with undefined
    Account.peek, // its argument was undefined, not `this`
    Account.peek.bind(Account, undefined as never),
    missing.f,
    shorthand.f, // what it calls met with null
    function f() {
      return Account.peek(null as never);
    },
  ];
  for (const fn of functions) {
    const original = await thrown(() => Reflect.apply(fn, undefined, []));
    assertStrictEquals(explainUnbound(fn, original), original);
  }
});

Deno.test("A method that throws anything else rejects with the very same error", async () => {
  const error = new TypeError("Cannot read properties of undefined (reading '#other')");
  const object = {
    fail() {
      throw error;
    },
  };
  await run(async () => {
    assertStrictEquals(await thrown(() => timeoutAfter(1, object.fail)), error);
    assertStrictEquals(await thrown(() => new Lock().run(object.fail)), error);
    assertStrictEquals(await thrown(() => new TaskGroup().run(object.fail)), error);
  });
  assertStrictEquals(await thrown(() => run(object.fail)), error);
});

Deno.test("An error with a message of its own making is left alone", async () => {
  const error = Object.defineProperty(new TypeError(), "message", {
    get(): string {
      throw new Error("nobody asked");
    },
  });
  const object = {
    fail() {
      throw error;
    },
  };
  await run(async () =>
    assertStrictEquals(await thrown(() => timeoutAfter(1, object.fail)), error)
  );
});
