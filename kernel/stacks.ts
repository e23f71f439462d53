/**
 * Reads V8's stack traces: an `Error` made at a blocking call has a frame for each `await` on the way
 * there. Frames of the library and the runtime are left out.
 */

/** One frame of the user's code. */
export interface StackFrame {
  /** As V8 puts it: `async main (file:///hello.ts:5:9)`. */
  readonly text: string;
  readonly filename: string;
  readonly line: number;
}

/** `…/kernel/stacks.ts` without the file and its folder: where the library lives. */
const root = new URL("..", import.meta.url).href;
const library = ["kernel/", "sync/", "io/", "workers/", "net/", "monitor/", "mod.ts", "run.ts"]
  .map((path) => root + path);
const runtime = ["ext:", "node:"];

/**
 * How many frames to take: V8's ten would hardly leave the library. Fewer would hardly be cheaper either,
 * as an error without a single one takes Deno two microseconds.
 */
const FRAMES = 40;

/** An error made for its stack, which is that of the caller. */
export function stackHere(message: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const error = new Error(message);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** The user's frames in `stack`, innermost first. */
export function framesOf(stack: Error | null): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const raw of (stack?.stack ?? "").split("\n")) {
    const match = /^\s+at (.*)$/.exec(raw);
    const place = match && /\(?([^\s()]+):(\d+):\d+\)?$/.exec(match[1]);
    if (!match || !place) continue;
    const filename = place[1];
    if ([...library, ...runtime].some((prefix) => filename.startsWith(prefix))) continue;
    frames.push({ text: match[1], filename, line: Number(place[2]) });
  }
  return frames;
}

/** ` (at FILE:LINE)` for the innermost of the user's frames, or nothing. */
export function callerOf(stack: Error | null): string {
  const [frame] = framesOf(stack);
  return frame === undefined ? "" : ` (at ${frame.filename}:${frame.line})`;
}
