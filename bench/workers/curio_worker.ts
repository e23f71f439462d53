import { run, runInProcess } from "../../mod.ts";
import { serve } from "./contestant.ts";

await run(() =>
  serve({
    name: "@curio/core runInProcess, worker",
    echo: <T>(value: T) => runInProcess({ isolate: "worker" }, (value: T) => value, value),
  })
);
