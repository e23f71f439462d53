/** How many workers of `runInProcess` a kernel has at most: one for each processor. */
export const MAX_WORKER_PROCESSES: number = navigator.hardwareConcurrency;

/** How many threads of `runInThread` a kernel has at most. */
export const MAX_WORKER_THREADS = 64;
