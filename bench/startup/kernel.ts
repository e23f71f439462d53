// Tasks, timeouts and cancellation alone.
import { Kernel } from "../../kernel/kernel.ts";
import { sleep } from "../../kernel/sleep.ts";

await using kernel = new Kernel();
await kernel.run(sleep, 0);
