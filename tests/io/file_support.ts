/** What the tests of files share: a directory of their own, and a pipe that is a file. */
import { inKernel } from "../net/support.ts";

/** Runs `body` as a task with a path in a directory of its own, at which there is a file if `content` is given. */
export async function withPath(
  content: string | Uint8Array | null,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/file`;
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else if (content !== null) await Deno.writeFile(path, content);
    await inKernel(() => body(path));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Like {@linkcode withPath}, with a named pipe and the host's end of it to write to. */
export function withPipe(body: (path: string, end: Deno.FsFile) => Promise<void>): Promise<void> {
  return withPath(null, async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    // For both, or it would wait for the other end.
    using end = await Deno.open(path, { read: true, write: true });
    await body(path, end);
  });
}

/** Bytes of a string. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
