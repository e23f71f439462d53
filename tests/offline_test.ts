// Programs of somebody who has a copy of the library, and no network.
import { assertEquals, assertFalse } from "@std/assert";
import { offline } from "./helpers/offline.ts";

const ROOT = new URL("..", import.meta.url);

const PROGRAM = `import { Channel, type Connection, run, sleep } from "@curio/core";

async function main(): Promise<string> {
  const channel = new Channel(["localhost", 1]);
  const later: (connection: Connection) => Promise<unknown> = (connection) => connection.recv();
  await sleep(0);
  return typeof later + " " + channel.address.port;
}

console.log(await run(main));
`;

/** Makes a folder with a program in it that imports the library by its name. */
async function withProject(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const config = { imports: { "@curio/core": "jsr:@curio/core@^0.1.0" }, links: [ROOT.pathname] };
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function lockOf(folder: string): Promise<string> {
  return await Deno.readTextFile(`${folder}/deno.lock`).catch(() => "");
}

Deno.test("A program that imports the library runs without a download", () =>
  withProject(async (folder) => {
    assertEquals(await offline(["run", "--quiet", "--no-prompt", "main.ts"], folder), {
      success: true,
      output: "function 1\n",
      errors: "",
    });
    assertFalse((await lockOf(folder)).includes("npm:"));
  }));

Deno.test("A program that imports the library type-checks without a download", () =>
  withProject(async (folder) => {
    const { success, errors } = await offline(["check", "--quiet", "main.ts"], folder);
    assertEquals([success, errors], [true, ""]);
    assertFalse((await lockOf(folder)).includes("npm:"));
  }));
