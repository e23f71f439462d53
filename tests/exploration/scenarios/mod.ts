/** Every scenario, by the primitive it is about. */
import type { Scenario } from "../scenario.ts";
import { scenarios as abortable } from "./abortable.ts";
import { scenarios as condition } from "./condition.ts";
import { scenarios as event } from "./event.ts";
import { scenarios as lock } from "./lock.ts";
import { scenarios as queue } from "./queue.ts";
import { scenarios as readWriteLock } from "./read_write_lock.ts";
import { scenarios as result } from "./result.ts";
import { scenarios as sched } from "./sched.ts";
import { scenarios as semaphore } from "./semaphore.ts";
import { scenarios as signal } from "./signal.ts";
import { scenarios as task } from "./task.ts";
import { scenarios as taskGroup } from "./task_group.ts";
import { scenarios as timeout } from "./timeout.ts";

export const everyScenario: Scenario[] = [
  ...event,
  ...queue,
  ...lock,
  ...semaphore,
  ...condition,
  ...result,
  ...sched,
  ...readWriteLock,
  ...task,
  ...taskGroup,
  ...timeout,
  ...abortable,
  ...signal,
];
