/**
 * Which of the ready tasks runs next. Opaque to programs: leave it alone for first come, first
 * served, or give a kernel the seeded one of `@curio/core/testing`.
 */
export interface Schedule {
  /** The place in the ready queue, from 0 to `ready` - 1, of the task to run next. */
  pick(ready: number): number;
}
