import { hush } from "../kernel/wait.ts";

/** `promise`, looked after as a wait's is: if nobody awaits it, its rejection is nobody's surprise. */
export function hushed<T>(promise: Promise<T>): Promise<T> {
  hush(promise);
  return promise;
}
