/** The monitor's clients as a person at a terminal has them. */
import { Child } from "../helpers/child.ts";
import { NET_ONLY, runArguments } from "./support.ts";

/** The arguments for Deno to run the client. */
export const CLIENT: readonly string[] = runArguments(
  NET_ONLY,
  new URL("../../monitor/mod.ts", import.meta.url),
);

/** The client on a terminal of its own, made by `script`. */
export function clientOnTerminal(port: number): Child {
  const client = [Deno.execPath(), ...CLIENT, "--port", port].join(" ");
  const command = `stty cols 130 rows 40; exec ${client}`;
  return new Child("script", { args: ["-qefc", command, "/dev/null"], stdin: "piped" });
}

/** All that a client has shown: without what moves the cursor. */
export function seen(client: Child): string {
  // deno-lint-ignore no-control-regex -- terminal escapes begin with it
  return client.text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

/** Resolves once what the client has shown matches. */
export async function shows(client: Child, pattern: RegExp): Promise<RegExpExecArray> {
  const matches = { test: () => pattern.test(seen(client)), toString: () => String(pattern) };
  await client.shows(matches);
  return pattern.exec(seen(client))!;
}

/** Whether to leave out a test for want of `command`; in CI everything must be there. */
export function ignore(command: string): boolean {
  return Deno.env.get("CI") === undefined && !isInstalled(command);
}

function isInstalled(command: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${command}`).isFile;
    } catch {
      return false;
    }
  });
}
