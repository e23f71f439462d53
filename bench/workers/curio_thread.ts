import { run, runInThread } from "../../mod.ts";
import { serve } from "./contestant.ts";

await run(() =>
  serve({
    name: "@curio/core runInThread",
    echo: <T>(value: T) => runInThread((value: T) => value, value),
  })
);
