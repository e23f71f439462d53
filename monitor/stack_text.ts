/** `where` in words, as Curio has them. */
import type { FrameView } from "./snapshot.ts";

/** The stack of a task, as Python prints a traceback. */
export function stackText(task: string, frames: readonly FrameView[], why: string): string {
  if (frames.length === 0) return `No stack for ${task}: ${why}\n`;
  const lines = [`Stack for ${task} (most recent call last):`];
  for (const frame of frames) {
    lines.push(`  File "${frame.filename}", line ${frame.line}, in ${frame.function}`);
    if (frame.source !== null) lines.push(`    ${frame.source}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Why a task has no stack. */
export function whyNoStack(isBlocked: boolean, hasRun: boolean): string {
  if (!hasRun) return "it has not run yet";
  return isBlocked
    ? "stacks were not kept when it began to wait, or it runs nothing but a function of the library"
    : "it awaits a promise that the kernel knows nothing of: abortable() would tell where";
}
