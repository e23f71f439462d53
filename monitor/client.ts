/** The monitor's client as a program: what its arguments mean, and whom it talks to. */
import { converse } from "./console.ts";
import { inUrl } from "./in_url.ts";
import { DEFAULT_HOSTNAME, DEFAULT_PORT } from "./monitor.ts";
import { Talk } from "./talk.ts";

/** How the client is called. */
interface ClientOptions {
  readonly hostname: string;
  readonly port: number;
  readonly token: string | null;
  /** Whether to have the web view served, and say where. */
  readonly web: boolean;
}

const USAGE = `Usage: deno run --allow-net jsr:@curio/core/monitor [options]

Looks into a running program that has a monitor.

  -H, --host HOST    where it listens (${DEFAULT_HOSTNAME})
  -p, --port PORT    its port (${DEFAULT_PORT})
  -t, --token TOKEN  what it asks for, if it was given a token
      --web          have it serve the web view, and print the address
  -h, --help         this text
`;

/** Runs the client; its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === "string") {
    console.error(options);
    return 2;
  }
  if (options === null) {
    console.log(USAGE);
    return 0;
  }
  const { hostname, port } = options;
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({ hostname, port });
  } catch (error) {
    const why = error instanceof Deno.errors.ConnectionRefused
      ? "is the program running, with run({ withMonitor: true }, …) or CURIOMONITOR=TRUE?"
      : error instanceof Error
      ? error.message
      : error;
    console.error(`Cannot reach a monitor on ${inUrl(hostname)}:${port}: ${why}`);
    return 1;
  }
  const talk = new Talk(conn);
  try {
    if (options.token !== null) await talk.send(options.token);
    const greeting = (await Array.fromAsync(talk.reply())).join("");
    if (talk.hungUp) {
      const why = greeting === "" ? "does it want a --token, or another one?" : greeting.trim();
      console.error(`Cannot talk to the monitor because it has hung up: ${why}`);
      return 1;
    }
    return options.web ? await openWeb(talk) : await converse(talk, greeting);
  } finally {
    talk.close();
  }
}

/** What the arguments ask for; `null` for help, a text if they are wrong. */
function parse(args: readonly string[]): ClientOptions | string | null {
  let [hostname, port, token, web]: [string, number, string | null, boolean] = [
    DEFAULT_HOSTNAME,
    DEFAULT_PORT,
    null,
    false,
  ];
  const rest = args.flatMap((arg) => {
    const match = /^(--[a-z]+)=(.*)$/.exec(arg);
    return match === null ? [arg] : [match[1], match[2]];
  });
  while (rest.length > 0) {
    const name = rest.shift()!;
    if (name === "-h" || name === "--help") return null;
    if (name === "--web") {
      web = true;
      continue;
    }
    const value = rest.shift();
    if (!["-H", "--host", "-p", "--port", "-t", "--token"].includes(name)) {
      return `Cannot understand ${name}\n\n${USAGE}`;
    }
    if (value === undefined) return `${name} needs a value\n\n${USAGE}`;
    if (name === "-H" || name === "--host") hostname = value;
    else if (name === "-t" || name === "--token") token = value;
    else port = Number(value);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    return `Cannot use that port: give a number from 1 to 65535\n\n${USAGE}`;
  }
  return { hostname, port, token, web };
}

async function openWeb(talk: Talk): Promise<number> {
  const reply = await talk.ask("web");
  console.log(reply.trim());
  return reply.startsWith("Web view at") ? 0 : 1;
}
