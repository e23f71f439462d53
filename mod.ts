/**
 * Tasks, cancellation that always works, timeouts, task groups, queues, sockets and signals: Curio's
 * programming model for Deno.
 *
 * @example A program
 * ```ts
 * import { run, sleep, spawn } from "@curio/core";
 *
 * async function countdown(n: number) {
 *   for (; n > 0; n--) {
 *     console.log("T-minus", n);
 *     await sleep(0.1);
 *   }
 * }
 *
 * await run(async () => {
 *   const task = spawn(countdown, 3);
 *   await task.join();
 * });
 * ```
 *
 * @module
 */
export { run, type RunOptions } from "./run.ts";

export { abortable } from "./kernel/abortable.ts";
export { CancelScope, type CancelScopeOptions, currentSignal } from "./kernel/cancel_scope.ts";
export { checkCancellation, disableCancellation, setCancellation } from "./kernel/cancellation.ts";
export type { Clock } from "./kernel/clock.ts";
export type { Duration, DurationLike } from "./kernel/duration.ts";
export {
  AsyncOnlyError,
  CancelledError,
  type CancelOrigin,
  CurioError,
  isCancelled,
  KeyboardInterrupt,
  ReadResourceBusy,
  ResourceBusy,
  SyncIOError,
  TaskCancelled,
  TaskError,
  TaskGroupError,
  TaskTimeout,
  TimeoutCancellationError,
  UncaughtTimeoutError,
  WriteResourceBusy,
} from "./kernel/errors.ts";
export { Kernel } from "./kernel/kernel.ts";
export { Local } from "./kernel/local.ts";
export type { Schedule } from "./kernel/schedule.ts";
export { clock, schedule, sleep } from "./kernel/sleep.ts";
export { spawn, type SpawnOptions, type TaskFunction } from "./kernel/spawn.ts";
export { type CancelOptions, currentTask, Task } from "./kernel/task.ts";
export {
  type ShutdownOptions,
  TaskGroup,
  type TaskGroupOptions,
  type WaitPolicy,
} from "./kernel/task_group.ts";
export { ignoreAfter, type IgnoreAfterOptions, timeoutAfter } from "./kernel/timeout.ts";
export type { Activation, KernelOptions, Logger, TaskState } from "./kernel/types.ts";

export { Condition } from "./sync/condition.ts";
export { Event } from "./sync/event.ts";
export { LifoQueue } from "./sync/lifo_queue.ts";
export { Lock, type LockStatistics, RLock } from "./sync/lock.ts";
export { PriorityQueue } from "./sync/priority_queue.ts";
export {
  type ItemStore,
  Queue,
  QueueEmpty,
  QueueFull,
  type QueueStatistics,
} from "./sync/queue.ts";
export { Result } from "./sync/result.ts";
export type { WaitStatistics } from "./sync/sched.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./sync/semaphore.ts";
export { SignalEvent, SignalQueue, SignalSet } from "./sync/signal.ts";

export { aopen, type OpenOptions } from "./io/aopen.ts";
export { AsyncFile, type FileOptions } from "./io/file.ts";
export type { BinaryMode, TextMode } from "./io/file_mode.ts";
export { FileStream, type TextFileStreamOptions } from "./io/file_stream.ts";
export { Stream, type StreamOptions } from "./io/stream.ts";
export type { StreamData } from "./io/stream_data.ts";

export type { Address } from "./net/address.ts";
export { AuthenticationError } from "./net/authentication_error.ts";
export { Channel, type ChannelOptions } from "./net/channel.ts";
export { Connection } from "./net/channel_connection.ts";
export { openConnection } from "./net/open_connection.ts";
export {
  type ClientHandler,
  runServer,
  type RunServerArguments,
  type RunServerOptions,
  type ServerOptions,
  tcpServer,
} from "./net/server.ts";
export { Socket } from "./net/socket.ts";
/** The socket module, as `@curio/core/socket`: sockets and their constants by the names of Python's. */
export * as socket from "./net/socket_module.ts";
export { SocketStream, TextSocketStream, type TextStreamOptions } from "./net/socket_stream.ts";
export { type ServerSocketOptions, tcpServerSocket } from "./net/tcp_server_socket.ts";
