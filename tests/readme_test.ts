import { assertEquals, assertMatch } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** The commands in README's shell fences. */
async function commands(): Promise<string[]> {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  return [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, body]) =>
    body!.split("\n").filter((line) => line !== "")
  );
}

/** What follows npx and its Deno. */
async function underNpx(): Promise<string[]> {
  const found = (await commands()).filter((command) => command.startsWith("npx "));
  return found.map((command) => {
    assertMatch(command, /^npx -y deno@\d+\.\d+\.\d+ /);
    return command.replace(/^npx -y deno@\S+ /, "");
  });
}

Deno.test("README.md: two commands of npx do everything: the chat server, and the tests", async () => {
  assertEquals(await underNpx(), ["run --allow-net examples/chat.ts", "task test"]);
});

Deno.test("README.md: each command of npx has its plain form", async () => {
  const plain = (await commands()).filter((command) => command.startsWith("deno "));
  assertEquals(
    (await underNpx()).filter((command) => !plain.includes(`deno ${command}`)),
    [],
  );
});

Deno.test("README.md: the commands of npx name one version of Deno, CONTRIBUTING.md the same", async () => {
  const texts = await Promise.all(
    ["README.md", "CONTRIBUTING.md"].map((file) => Deno.readTextFile(new URL(file, ROOT))),
  );
  const versions = texts.join().match(/deno@\d+\.\d+\.\d+/g);
  assertEquals(new Set(versions).size, 1);
});

Deno.test("README.md: the table of examples names the files of examples/, each once", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const links = [...readme.matchAll(/\[(\w+\.ts)\]\(examples\/(\w+\.ts)\)/g)];
  for (const [, text, file] of links) assertEquals(text, file);
  const files = [...Deno.readDirSync(new URL("examples/", ROOT))].map(({ name }) => name);
  assertEquals(links.map(([, , file]) => file!).sort(), files.sort());
});

Deno.test("README.md: every link into the repository leads to a file", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  for (const [, path] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
    assertEquals((await Deno.stat(new URL(path!, ROOT))).isFile, true, path);
  }
});
