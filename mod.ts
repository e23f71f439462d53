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
export type { MonitorOptions } from "./monitor/monitor.ts";

export { AsyncThread } from "./kernel/async_thread.ts";
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
export type { ShutdownOptions, TaskGroupOptions, WaitPolicy } from "./kernel/group_options.ts";
export { Kernel } from "./kernel/kernel.ts";
export { Local } from "./kernel/local.ts";
export type { Schedule } from "./kernel/schedule.ts";
export { clock, schedule, sleep } from "./kernel/sleep.ts";
export { spawn, type SpawnOptions, type TaskFunction } from "./kernel/spawn.ts";
export { type CancelOptions, currentTask, Task } from "./kernel/task.ts";
export { TaskGroup } from "./kernel/task_group.ts";
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
export {
  FileStream,
  type HostStdin,
  type HostStdout,
  type TextFileStreamOptions,
} from "./io/file_stream.ts";
export type { LentFile } from "./io/lent_file.ts";
export { PipeStream } from "./io/pipe_stream.ts";
export { Stream, type StreamOptions } from "./io/stream.ts";
export type { StreamData } from "./io/stream_data.ts";
/** The subprocess module, as `@curio/core/subprocess`: processes by the names of Python's. */
export * as subprocess from "./io/subprocess.ts";

export { AWAIT } from "./workers/await.ts";
export { MAX_WORKER_PROCESSES, MAX_WORKER_THREADS } from "./workers/limits.ts";
export { type Executor, runInExecutor } from "./workers/run_in_executor.ts";
export { runCpuBound, runInProcess, type RunInProcessOptions } from "./workers/run_in_process.ts";
export { blockInThread, runBlocking, runInThread } from "./workers/run_in_thread.ts";
export type { RunInThreadOptions, WorkerFunction } from "./workers/run_options.ts";
export { spawnThread } from "./workers/spawn_thread.ts";
export { UniversalEvent } from "./workers/universal_event.ts";
export { UniversalQueue } from "./workers/universal_queue.ts";
export { UniversalResult } from "./workers/universal_result.ts";
export { type WorkerModule, workerModule } from "./workers/worker_module.ts";

export type { Address } from "./net/address.ts";
export { AuthenticationError } from "./net/authentication_error.ts";
export { Channel, type ChannelOptions } from "./net/channel.ts";
export { Connection } from "./net/channel_connection.ts";
export { type ConnectionOptions, openConnection } from "./net/open_connection.ts";
export { openUnixConnection, type UnixConnectionOptions } from "./net/open_unix_connection.ts";
export {
  type ClientHandler,
  runServer,
  type RunServerArguments,
  type RunServerOptions,
  type ServerOptions,
  tcpServer,
} from "./net/server.ts";
export { Socket } from "./net/socket.ts";
export type { TlsOptions } from "./net/tls_entrance.ts";
/** The ssl module, as `@curio/core/ssl`: TLS by the names of Python's. */
export * as ssl from "./net/ssl_module.ts";
/** The socket module, as `@curio/core/socket`: sockets and their constants by the names of Python's. */
export * as socket from "./net/socket_module.ts";
export { SocketStream, TextSocketStream, type TextStreamOptions } from "./net/socket_stream.ts";
export { type ServerSocketOptions, tcpServerSocket } from "./net/tcp_server_socket.ts";
import "./net/thread_library.ts";
export { unixServer, type UnixServerOptions } from "./net/unix_server.ts";
export { unixServerSocket, type UnixServerSocketOptions } from "./net/unix_server_socket.ts";
