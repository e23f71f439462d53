/** Reads standard input in one of the ways that the tests of FileStream ask for. */
import { FileStream } from "../../io/file_stream.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { TaskTimeout } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { reach } from "../helpers/reach.ts";
import { inKernel } from "../net/support.ts";

const WAYS: Record<string, () => Promise<void>> = {
  /** A cancelled read, and the end of `run`. */
  async cancelled() {
    const stdin = FileStream.stdin();
    try {
      await timeoutAfter(0.05, () => stdin.read());
    } catch (error) {
      console.log("cancelled", error instanceof TaskTimeout);
    }
  },
  /** A cancelled read; after word that it was, what the next one gets. */
  async again() {
    const stdin = FileStream.stdin({ encoding: "utf-8" });
    const task = spawn(() => stdin.readline());
    await reach(task, "READ_WAIT");
    await task.cancel();
    console.log("cancelled");
    console.log(JSON.stringify(await stdin.readline()));
  },
  /** What one stream leaves, another finds, closed or not. */
  async shared() {
    await using first = FileStream.stdin({ encoding: "utf-8" });
    const second = FileStream.stdin();
    console.log(JSON.stringify(await first.readline()));
    await first.close();
    await first.readline().catch((error) => console.log(error.constructor.name));
    console.log(String(await second.readline()));
    console.log(JSON.stringify(await FileStream.stdin({ encoding: "utf-8" }).readall()));
  },
  /** Closing one of two ends its own wait only. */
  async closed() {
    const [first, second] = [FileStream.stdin(), FileStream.stdin({ encoding: "utf-8" })];
    const task = spawn(() => first.read().catch((error) => console.log(error.constructor.name)));
    await reach(task, "READ_WAIT");
    await second.read().catch((error) => console.log(error.constructor.name));
    await FileStream.stdin().close();
    console.log(task.state);
    await first.close();
    await task.join();
    console.log(JSON.stringify(await second.read()));
  },
  /** Both outputs. */
  async written() {
    const output = FileStream.stdout();
    console.log(await output.write("out\n"), Deno.inspect(output));
    await FileStream.stderr({ encoding: "utf-8" }).writelines(["err", "ors\n"]);
    await output.close();
    await output.write("more").catch((error) => console.log(error.constructor.name));
    await output.read().catch((error) => console.log(error.constructor.name));
  },
  /** Standard input in other hands for a while: twice, then with something read that nobody took. */
  async lentInput() {
    const [first, second] = [FileStream.stdin(), FileStream.stdin({ encoding: "utf-8" })];
    {
      using lent = first.blocking();
      const bytes = new Uint8Array(4);
      console.log(lent.file === Deno.stdin, lent.file.readSync(bytes), String(bytes));
      for (const operation of [() => first.read(), () => second.readline()]) {
        await operation().catch((error) => console.log(error.constructor.name));
      }
      tell(() => second.blocking());
    }
    console.log(JSON.stringify(await second.readline()));
    tell(() => first.blocking());
    console.log(JSON.stringify(await second.readall()));
    await first.close();
    tell(() => first.blocking());
  },
  /** Standard output in other hands for a while. */
  async lentOutput() {
    const output = FileStream.stdout();
    const lent = output.blocking();
    lent.file.writeSync(new TextEncoder().encode("lent\n"));
    for (const operation of [() => output.write("x"), () => output.writelines(["x"])]) {
      await operation().catch((error) => console.log(error.constructor.name));
    }
    tell(() => output.blocking());
    lent[Symbol.dispose]();
    lent[Symbol.dispose]();
    console.log(await output.write("back\n"));
    using _again = output.blocking();
    lent[Symbol.dispose]();
    tell(() => output.blocking());
  },
};

/** Prints the class of what `action` throws. */
function tell(action: () => unknown): void {
  try {
    action();
    console.log("nothing");
  } catch (error) {
    console.log((error as Error).constructor.name);
  }
}

await inKernel(WAYS[Deno.args[0]]);
console.log("done");
