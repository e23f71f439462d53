import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../tools/repository.ts";
import { withoutLinks } from "../../tools/write_jsr_config.ts";

Deno.test("withoutLinks() keeps everything but the links and the lock made with them", () => {
  const config = { imports: { a: "jsr:@a/a@^1" }, links: ["./a"], lock: { frozen: true } };
  assertEquals(withoutLinks(config), { imports: { a: "jsr:@a/a@^1" }, lock: false });
});

Deno.test("deno.json takes @std from JSR and links an adapter for each", async () => {
  const { imports, links }: { imports: Record<string, string>; links: string[] } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  for (const [name, target] of Object.entries(imports)) {
    if (!name.startsWith("@std/")) continue;
    assert(target.startsWith(`jsr:${name}@^1`), `${name} is ${target}`);
    assert(links.includes(`./tests/std/${name.slice("@std/".length)}`), `${name} has no link`);
  }
});
