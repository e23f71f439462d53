/**
 * Starting a process, with what `Deno.Command` cannot do.
 *
 * *One pipe for two streams* (`stderr: STDOUT`). Two pipes that we would merge ourselves lose the
 * order; node's `child_process` takes descriptors, but there is no way to make a pipe, and it asks for
 * the permission to read the whole environment. So the shell does it, and then becomes the program:
 * the process id, signals and exit status are the program's own.
 *
 * But what the shell cannot find is no error of ours. So we ask before, by starting the program with
 * an argument that no program can be given: the host looks for the program first.
 */
import { PIPE, type PopenOptions, STDOUT } from "./stdio.ts";

const MERGE = 'exec "$@" 2>&1';

/** Starts `argv`. */
export function startProcess(
  argv: readonly string[],
  options: PopenOptions,
): Deno.ChildProcess {
  const { stdin, stdout, stderr, cwd, env } = options;
  const merge = stderr === STDOUT && modeOf(stdout) !== "null";
  try {
    if (merge) checkProgram(argv[0], { cwd, env });
    const [command, ...args] = merge ? ["sh", "-c", MERGE, "sh", ...argv] : argv;
    return new Deno.Command(command, {
      args,
      cwd,
      env,
      stdin: modeOf(stdin),
      stdout: modeOf(stdout),
      stderr: stderr === STDOUT ? (merge ? "inherit" : "null") : modeOf(stderr),
    }).spawn();
  } catch (error) {
    throw error instanceof Deno.errors.NotFound ? notFound(argv[0], cwd, error) : error;
  }
}

/** The command and its arguments, of which a shell may be the first. */
export function toArgv(args: string | readonly string[], shell: boolean): readonly string[] {
  const argv = typeof args === "string" ? [args] : [...args];
  const isWrong = argv.length === 0 || argv.some((arg) => typeof arg !== "string") ||
    argv[0] === "";
  if (isWrong) {
    throw new TypeError(
      `Cannot start ${Deno.inspect(args)} because it names no program: ` +
        `give a command and its arguments as strings`,
    );
  }
  if (!shell) return argv;
  return Deno.build.os === "windows" ? ["cmd", "/d", "/s", "/c", ...argv] : ["sh", "-c", ...argv];
}

function modeOf(stdio: PopenOptions["stdin"] | typeof STDOUT): "inherit" | "piped" | "null" {
  if (stdio === undefined || stdio === null) return "inherit";
  return stdio === PIPE || typeof stdio === "object" ? "piped" : "null";
}

/** Throws what starting `command` would throw. Starts nothing. */
function checkProgram(command: string, options: Deno.CommandOptions): void {
  try {
    new Deno.Command(command, { ...options, args: ["\0"] }).spawn();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

function notFound(command: string, cwd: string | URL | undefined, cause: Error): Error {
  const error = new Deno.errors.NotFound(
    `Cannot start '${command}' because ${whyNotFound(command, cwd, cause.message)}`,
    { cause },
  );
  return Object.assign(error, { code: "ENOENT" });
}

function whyNotFound(command: string, cwd: string | URL | undefined, message: string): string {
  if (/: (No such cwd|cwd is not a directory) '/.test(message)) {
    return `there is no directory ${cwd} to run it in: make it, or give another`;
  }
  const advice = /\s/.test(command)
    ? "give its arguments apart, or have the shell run the whole with shell: true"
    : "install it, or give its path";
  return `there is no such program: ${advice}`;
}
