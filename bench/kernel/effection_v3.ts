import * as effection from "npm:effection@3.6.1";
import { serve } from "./contestant.ts";
import { type Effection, effectionContestant } from "./effection_work.ts";

// Effection, the release before. What its operations yield to their runtime is of another type, and
// nobody else's business.
const api = effection as unknown as Effection;
if (import.meta.main) await serve(effectionContestant("effection 3.6.1", api));
