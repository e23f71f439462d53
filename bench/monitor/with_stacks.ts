import { serve } from "../kernel/contestant.ts";
import { curioWith } from "../kernel/curio.ts";
import { monitor } from "./options.ts";

await serve(curioWith("monitor", monitor));
