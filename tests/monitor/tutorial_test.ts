/**
 * The session in Curio's tutorial: ps, where, where, cancel, and the TaskError that follows. Through the
 * real client on a real terminal, through `nc`, through `telnet` and through Python Curio's client.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { CLIENT, clientOnTerminal, ignore, seen, shows } from "./screen.ts";
import { loggedPort, NET_ONLY, runArguments, TUTORIAL } from "./support.ts";

const BANNER = "Curio Monitor: 2 tasks running\nType help for commands\ncurio > ";
const TABLE = new RegExp(
  "Task {3}State {8}Cycles {5}Timeout Sleep {3}Task *\n" +
    "-{6} -{12} -{10} -{7} -{7} -{50}\n" +
    "(?<parent>\\d+) +TASK_JOIN {4}3 {10}None {4}None {4}parent *\n" +
    "(?<kid>\\d+) +TIME_SLEEP {3}1 {10}None {4}99\\d\\.\\d{3} kid *\n",
  "m",
);

/** How the session ends: the connection is closed, of which our own client tells. */
const CANCELLING = /Cancelling task \d+\n/;
const HUNG_UP = /Cancelling task \d+\n\*\*\* Connection closed by remote host \*\*\*\n$/;

/** As Python Curio's client does it: curio/monitor.py, monitor_client(). */
const PYTHON = `
import os, socket, sys, threading
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("127.0.0.1", int(sys.argv[1])))
def display(sock):
    while chunk := sock.recv(1000):
        sys.stdout.write(chunk.decode("utf-8"))
        sys.stdout.flush()
    os._exit(0)
threading.Thread(target=display, args=[sock], daemon=True).start()
while True:
    line = sys.stdin.readline()
    sock.sendall(line.encode("utf-8"))
`;

/** What `where` shows of a task that waits in the function it began with. */
function stack(id: string, state: string, name: string, source: string): RegExp {
  const lines = [
    `Stack for Task\\(id=${id}, name='${name}', state='${state}'\\) \\(most recent call last\\):`,
    `  File "[^"]*tests/monitor/tutorial_program\\.ts", line \\d+, in ${name}`,
    `    ${source.replace(/[().]/g, "\\$&")}`,
    "",
    "curio > $",
  ];
  return new RegExp(lines.join("\n"));
}

/** Plays the session; what the client has shown in the end matches `end`. */
async function play(end: RegExp, start: (port: number) => Child): Promise<void> {
  await using program = new Child(Deno.execPath(), {
    args: runArguments(NET_ONLY, TUTORIAL),
    env: { NO_COLOR: "1" },
  });
  await program.line("We're leaving!");
  await using client = start(await loggedPort(program));
  await shows(client, /curio > $/);
  await client.type("ps");
  const { parent, kid } = (await shows(client, TABLE)).groups!;
  await client.type(`where ${parent}`);
  await shows(client, stack(parent, "TASK_JOIN", "parent", "await kidTask.join();"));
  await client.type(`w ${kid}`);
  await shows(client, stack(kid, "TIME_SLEEP", "kid", "await sleep(1000);"));
  await client.type(`cancel ${kid}`);
  await shows(client, new RegExp(`^(?:curio > )?Cancelling task ${kid}$`, "m"));
  // The program dies of a TaskError, whose cause is the cancellation.
  const { code, errors } = await program.end();
  assertEquals(code, 1);
  assertStringIncludes(errors, `TaskError: task ${kid} 'kid' was cancelled`);
  assertMatch(errors, new RegExp(`Caused by: TaskCancelled: task ${kid} 'kid' cancelled from the`));
  assertStringIncludes(seen(client), BANNER);
  await shows(client, end);
}

Deno.test("The tutorial's session, through the client in a pipe", async () => {
  await play(HUNG_UP, (port) => {
    return new Child(Deno.execPath(), { args: [...CLIENT, "-p", String(port)], stdin: "piped" });
  });
});

Deno.test(
  "The tutorial's session, through the client on a terminal",
  { ignore: ignore("script") },
  async () => {
    await play(HUNG_UP, clientOnTerminal);
  },
);

Deno.test("The tutorial's session, through nc", { ignore: ignore("nc") }, async () => {
  await play(
    CANCELLING,
    (port) => new Child("nc", { args: ["127.0.0.1", String(port)], stdin: "piped" }),
  );
});

Deno.test("The tutorial's session, through telnet", { ignore: ignore("telnet") }, async () => {
  await play(
    CANCELLING,
    (port) => new Child("telnet", { args: ["127.0.0.1", String(port)], stdin: "piped" }),
  );
});

Deno.test(
  "The tutorial's session, through Python Curio's client",
  { ignore: ignore("python3") },
  async () => {
    await play(
      CANCELLING,
      (port) => new Child("python3", { args: ["-c", PYTHON, String(port)], stdin: "piped" }),
    );
  },
);
