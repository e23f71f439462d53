/**
 * `node:crypto`, loaded when it is first used: to import it takes Deno longer than to start a program that
 * has the whole kernel, and few programs need it. The modules of Node that are imported outright take it a
 * millisecond or two. (`node:worker_threads` must be: loaded later, it leaves message ports that are there
 * already open when their other end is closed.)
 */
export function nodeCrypto(): typeof import("node:crypto") {
  return globalThis.process.getBuiltinModule("node:crypto");
}
