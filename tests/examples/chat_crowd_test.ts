import { assertEquals } from "@std/assert";
import { deadline } from "@std/async";
import { countDescriptors, until } from "./proc.ts";
import { canServe, Server } from "./server.ts";

const CROWD = 1000;
const PATIENCE = 20_000;
const PROMPT = "Your name: ";
const GOODBYE = "SERVER IS GOING AWAY!\n";

/** A client that hears a million messages, and keeps only the end of what it heard. */
class Member {
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(4096);
  /** The end of what it heard. */
  tail = "";

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async join(port: number, name: string): Promise<Member> {
    const member = new Member(await Deno.connect({ hostname: "localhost", port }));
    while (member.tail !== PROMPT) await member.#hear();
    await member.say(name);
    return member;
  }

  async say(text: string): Promise<void> {
    await this.#conn.write(new TextEncoder().encode(`${text}\n`));
  }

  /** Hears everything until the server drops it. */
  async listen(): Promise<void> {
    while (await this.#hear());
    this.#conn.close();
  }

  async #hear(): Promise<boolean> {
    const count = await this.#conn.read(this.#buffer);
    if (count === null) return false;
    const text = new TextDecoder().decode(this.#buffer.subarray(0, count));
    this.tail = (this.tail + text).slice(-GOODBYE.length);
    return true;
  }
}

/** Fills the room; some of what is said there is still on its way then. */
async function gather(port: number): Promise<{ members: Member[]; dropped: Promise<void[]> }> {
  const members = await Promise.all(
    Array.from({ length: CROWD - 1 }, (_, n) => Member.join(port, String(n))),
  );
  const last = await Member.join(port, "last");
  members.push(last);
  const dropped = Promise.all(members.map((member) => member.listen()));
  dropped.catch(() => {}); // Told to who awaits it.
  // Whoever hears something after the prompt is in the room.
  await until(
    async () => {
      if (members.every(({ tail }) => tail !== PROMPT)) return true;
      await last.say("Is everybody here?");
      return false;
    },
    () => `${members.filter(({ tail }) => tail === PROMPT).length} of ${CROWD} hear nobody`,
    200,
  );
  return { members, dropped };
}

Deno.test({
  name: "chat.ts: SIGHUP says goodbye to 1000 clients and drops them, leaking no descriptor",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("chat.ts");
    const before = countDescriptors(server.pid);
    for (let round = 0; round < 2; round++) {
      const { members, dropped } = await gather(server.port);
      assertEquals(countDescriptors(server.pid), before + CROWD);
      await server.restart();
      await deadline(dropped, PATIENCE);
      assertEquals(members.filter(({ tail }) => tail !== GOODBYE).map(({ tail }) => tail), []);
      await until(
        () => countDescriptors(server.pid) === before,
        () => `${before} descriptors became ${countDescriptors(server.pid)}`,
      );
    }
    assertEquals(server.errors, "");
  },
});
