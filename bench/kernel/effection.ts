import * as effection from "npm:effection@4.1.1";
import { serve } from "./contestant.ts";
import { effectionContestant } from "./effection_work.ts";

// Effection, its current release.
if (import.meta.main) await serve(effectionContestant("effection 4.1.1", effection));
