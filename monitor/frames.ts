/** A task's stack as the monitor shows it: the user's frames with their text, most recent call last. */
import { framesOf, type StackFrame } from "../kernel/stacks.ts";
import type { FrameView } from "./snapshot.ts";

/** The frames of `stack` with their source lines, as far as those can be had without asking anybody. */
export async function viewFrames(stack: Error | null): Promise<FrameView[]> {
  const frames = framesOf(stack).reverse();
  const views = frames.map(async (frame) =>
    viewOf(frame, lineOf(await sourceOf(frame.filename), frame.line))
  );
  return await Promise.all(views);
}

/** {@linkcode viewFrames} for who cannot wait: source lines only with permission to read the file. */
export function viewFramesNow(stack: Error | null): FrameView[] {
  return framesOf(stack).reverse().map((frame) =>
    viewOf(frame, lineOf(sourceNow(frame.filename), frame.line))
  );
}

function viewOf(frame: StackFrame, source: string | null): FrameView {
  return {
    filename: shortName(frame.filename),
    line: frame.line,
    function: functionOf(frame.text),
    source,
  };
}

/** `kid` of `async kid (file:///hello.ts:5:9)`. */
function functionOf(text: string): string {
  const match = /^(?:async )?(?:new )?(.+?)(?: \[as [^\]]+\])? \(.*\)$/.exec(text);
  return match === null ? "<anonymous>" : match[1];
}

/** A path as one would type it here. */
function shortName(filename: string): string {
  if (!filename.startsWith("file:")) return filename;
  try {
    const path = decodeURIComponent(new URL(filename).pathname);
    const here = `${Deno.cwd()}/`;
    return path.startsWith(here) ? path.slice(here.length) : path;
  } catch {
    // The working directory is gone.
    return filename;
  }
}

/**
 * The text of a module of the program. To import it as text needs no permission to read files: it was
 * loaded before.
 */
async function sourceOf(address: string): Promise<string | null> {
  if (!/^(?:file|https?):/.test(address)) return null;
  try {
    const module = await import(address, { with: { type: "text" } });
    return module.default;
  } catch {
    return null;
  }
}

function sourceNow(address: string): string | null {
  if (!address.startsWith("file:")) return null;
  const path = new URL(address);
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return null;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function lineOf(source: string | null, line: number): string | null {
  return source?.split("\n")[line - 1]?.trim() ?? null;
}
