import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import * as curio from "../../mod.ts";
import { CurioError, Kernel, run, spawn, spawnThread, ssl, Stream, TaskError } from "../../mod.ts";
import { isImmediate, libraryNames, staysInKernel } from "../../workers/thread_library.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";

interface DocClass {
  readonly methods?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly isStatic?: boolean;
    readonly accessibility?: string;
    readonly functionDef: {
      readonly returnType?: { readonly repr?: string; readonly typeRef?: { typeName: string } };
    };
  }[];
}

interface DocOutput {
  readonly nodes: Record<string, {
    readonly symbols: readonly {
      readonly name: string;
      readonly declarations: readonly { readonly kind: string; readonly def: DocClass }[];
    }[];
  }>;
}

/** The library's classes, as `deno doc` sees them. */
async function documentedClasses(): Promise<Map<string, DocClass>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "mod.ts"],
    cwd: new URL("../..", import.meta.url).pathname,
    stderr: "null",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as DocOutput;
  const classes = new Map<string, DocClass>();
  for (const { name, declarations } of Object.values(nodes).flatMap(({ symbols }) => symbols)) {
    for (const { kind, def } of declarations) if (kind === "class") classes.set(name, def);
  }
  return classes;
}

Deno.test("The table of methods that do not block is that of the types", async () => {
  const classes = await documentedClasses();
  const wrong: string[] = [];
  let seen = 0;
  for (const [name, { methods = [] }] of classes) {
    const cls = (curio as unknown as Record<string, { prototype: object } | undefined>)[name];
    if (cls === undefined || !staysInKernel(Object.create(cls.prototype))) continue;
    for (const { name: method, kind, isStatic, accessibility, functionDef } of methods) {
      if (kind !== "method" || isStatic || accessibility || method.startsWith("[")) continue;
      const type = functionDef.returnType;
      const promises = (type?.typeRef?.typeName ?? type?.repr ?? "").startsWith("Promise");
      seen++;
      if (promises === isImmediate(name, method)) wrong.push(`${name}.${method}`);
    }
  }
  assertEquals(wrong, []);
  assert(seen > 100);
});

Deno.test("Every function that threads are offered is an export of the library by that name", () => {
  const { blocking, immediate, makeable } = libraryNames();
  for (const name of [...blocking, ...immediate, ...makeable]) {
    let at: unknown = name === "Popen" ? curio.subprocess : curio;
    for (const part of name.split(".")) at = (at as Record<string, unknown>)[part];
    assertEquals(typeof at, "function", name);
  }
});

Deno.test("Every export of the library is in a thread's scope, or refused there by name", async () => {
  const exports = Object.keys(curio);
  const unknown = await run(() =>
    spawnThread((names: readonly string[]) =>
      names.filter((name) => {
        try {
          // Compiled here, this sees what the function sees.
          return eval(`typeof ${name}`) === "undefined";
        } catch {
          return true;
        }
      }), exports).join()
  );
  assertEquals(unknown, []);
});

Deno.test("An export that is of no use in a thread says so", async () => {
  const uses = [
    () => void spawn(() => {}),
    () => void new Kernel(),
    () => ({}) instanceof Stream,
    () => void ssl.createDefaultContext(),
  ];
  await run(async () => {
    for (const use of uses) {
      const { cause } = await assertRejects(() => spawnThread(use).join(), TaskError);
      assertInstanceOf(cause, CurioError);
      assertAdvice(cause, /Cannot use \w+ in an async thread/);
    }
  });
});
