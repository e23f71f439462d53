import { checkMaxLine } from "./max_line.ts";
import { PipeStream } from "./pipe_stream.ts";
import { DEVNULL, PIPE, type PopenOptions, STDOUT } from "./stdio.ts";

/** Refuses options that make no sense, before anything is started. */
export function checkStdio(options: PopenOptions): void {
  const { stdin, stdout, stderr, maxLine } = options;
  if (!isPlain(stdin) && !(stdin instanceof PipeStream)) {
    throw stdioError(stdin, "stdin", "PIPE, DEVNULL or the stdout of another process");
  }
  if (!isPlain(stdout)) throw stdioError(stdout, "stdout", "PIPE or DEVNULL");
  if (!isPlain(stderr) && stderr !== STDOUT) {
    throw stdioError(stderr, "stderr", "PIPE, DEVNULL or STDOUT");
  }
  if (maxLine !== undefined) checkMaxLine(maxLine);
}

function isPlain(stdio: unknown): boolean {
  return stdio === undefined || stdio === null || stdio === PIPE || stdio === DEVNULL;
}

function stdioError(given: unknown, name: string, takes: string): TypeError {
  return new TypeError(
    `Cannot use ${Deno.inspect(given)} as ${name} of a process: give ${takes}, or leave it out`,
  );
}
