import { schedule } from "../../mod.ts";

/** Lets whoever is ready, and whoever they wake, run for a few turns. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await schedule();
}
