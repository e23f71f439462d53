/** Unix signals by name: those of Linux and macOS that Deno can send. */
const NAMES: ReadonlySet<string> = new Set(
  (
    "SIGABRT SIGALRM SIGBUS SIGCHLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGKILL SIGPIPE SIGPROF " +
    "SIGPWR SIGQUIT SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG " +
    "SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ"
  ).split(" "),
);

/** Whether there is a signal of that name. */
export function isSignalName(name: string): boolean {
  return NAMES.has(name);
}

/** The names, for completion. */
export function signalNames(): string[] {
  return [...NAMES];
}
