/** Channels against the real thing: Python's `multiprocessing.connection`, in both roles. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "../../kernel/spawn.ts";
import { AuthenticationError } from "../../net/authentication_error.ts";
import { Channel } from "../../net/channel.ts";
import type { Connection } from "../../net/channel_connection.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { KEY, pattern } from "./channel_support.ts";
import { inKernel, SocketDir, text } from "./support.ts";

const hasPython = await new Deno.Command("python3", { args: ["--version"], stdout: "null" })
  .output().then(({ success }) => success, () => false);

/** Every size that takes another path, on one side or the other. */
const SIZES = [0, 1, 16 * 1024, 16 * 1024 + 1, 5_000_000];

const HEAD = `
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener

def echo(connection):
    while (message := connection.recv_bytes()) != b"end":
        connection.send_bytes(message)
    connection.close()
`;

/** Runs a Python program; its standard output comes line by line. */
class Python implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(source: string, ...args: (string | number)[]) {
    this.#child = new Deno.Command("python3", {
      args: ["-u", "-c", HEAD + source, ...args.map(String)],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { done, value } = await this.#lines.read();
      if (done) throw new Error("Python ended without another line");
      this.#rest += value;
    }
    const [line] = this.#rest.split("\n", 1);
    this.#rest = this.#rest.slice(line.length + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.cancel();
    await this.#child.status;
  }
}

function pythonTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: hasPython ? name : `${name} (skipped: there is no python3)`,
    ignore: !hasPython,
    fn,
  });
}

/** Has every size echoed, and says goodbye. */
async function exchange(connection: Connection): Promise<void> {
  for (const size of SIZES) {
    const message = pattern(size);
    const sending = spawn(() => connection.sendBytes(message));
    assertEquals(await connection.recvBytes(), message);
    await sending.join();
  }
  await connection.sendBytes("end");
}

for (const authkey of [undefined, KEY]) {
  const how = authkey === undefined ? "without a key" : "with a key";
  const argument = authkey === undefined ? "None" : `b"${authkey}"`;

  pythonTest(
    `Channel.accept() exchanges bytes with Python's Client ${how}`,
    () =>
      inKernel(async () => {
        await using channel = new Channel(["localhost", 0]);
        const { port } = channel.bind();
        await using _python = new Python(
          `echo(Client(("localhost", int(sys.argv[1])), authkey=${argument}))`,
          port,
        );
        await using connection = await channel.accept({ authkey });
        await exchange(connection);
      }),
  );

  pythonTest(
    `Channel.connect() exchanges bytes with Python's Listener ${how}`,
    () =>
      inKernel(async () => {
        await using python = new Python(`
listener = Listener(("localhost", 0), authkey=${argument})
print(listener.address[1])
echo(listener.accept())
`);
        await using channel = new Channel(["localhost", Number(await python.line())]);
        await using connection = await channel.connect({ authkey });
        await exchange(connection);
      }),
  );
}

pythonTest(
  "a channel at a path exchanges bytes with Python's Client and Listener",
  () =>
    inKernel(async () => {
      using dir = new SocketDir();
      {
        await using channel = new Channel(dir.at("ours"));
        channel.bind();
        await using _python = new Python(
          `echo(Client(sys.argv[1], authkey=b"${KEY}"))`,
          dir.at("ours"),
        );
        await using connection = await channel.accept({ authkey: KEY });
        await exchange(connection);
      }
      await using _python = new Python(
        `echo(Listener(sys.argv[1], authkey=b"${KEY}").accept())`,
        dir.at("theirs"),
      );
      await using channel = new Channel(dir.at("theirs"));
      await using connection = await channel.connect({ authkey: KEY });
      await exchange(connection);
    }),
);

pythonTest("Channel.accept() turns away Python's Client with another key", () => {
  const log = new RecordingLog();
  return inKernel(async () => {
    await using channel = new Channel(["localhost", 0]);
    const { port } = channel.bind();
    await using python = new Python(
      `
try:
    Client(("localhost", int(sys.argv[1])), authkey=b"a guess")
except AuthenticationError as error:
    print("refused:", error)
connection = Client(("localhost", int(sys.argv[1])), authkey=b"peekaboo")
connection.send_bytes(b"let in")
connection.close()
`,
      port,
    );
    await using connection = await channel.accept({ authkey: KEY });
    assertEquals(text(await connection.recvBytes()), "let in");
    assertEquals(await python.line(), "refused: digest sent was rejected");
    assert(/turned away .*answer is wrong/.test(log.texts("warn").join()));
  }, log);
});

pythonTest(
  "Channel.connect() with another key than Python's Listener is AuthenticationError",
  () =>
    inKernel(async () => {
      await using python = new Python(`
listener = Listener(("localhost", 0), authkey=b"peekaboo")
print(listener.address[1])
try:
    listener.accept()
except AuthenticationError as error:
    print("refused:", error)
`);
      await using channel = new Channel(["localhost", Number(await python.line())]);
      await assertRejects(() => channel.connect({ authkey: "a guess" }), AuthenticationError);
      assertEquals(await python.line(), "refused: digest received was wrong");
    }),
);
