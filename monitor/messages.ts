/** What the two threads of the monitor say to each other. */
import type { FrameView, LockView, ScopeView } from "./snapshot.ts";
import type { SharedTable } from "./table_layout.ts";

/** What the service is started with. */
export interface Setup {
  readonly table: SharedTable;
  readonly hostname: string;
  readonly port: number;
  readonly token: string | null;
  /** The port of the web view, or `null` to do without until a client asks for one. */
  readonly webPort: number | null;
  readonly program: string;
  readonly pid: number;
}

/** What only the kernel's thread can do. */
export type Question =
  | { readonly kind: "refresh" }
  | { readonly kind: "where"; readonly id: number }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "raise"; readonly signal: string }
  | { readonly kind: "scopes"; readonly id: number }
  | { readonly kind: "held" };

/** What it says to that; `null` if there is no such task. */
export interface Answers {
  readonly refresh: true;
  readonly where:
    | { readonly task: string; readonly frames: FrameView[]; readonly why: string }
    | null;
  readonly cancel: true | null;
  /** Whether anybody in the program listens for that signal. */
  readonly raise: boolean;
  readonly scopes: { readonly task: string; readonly scopes: ScopeView[] } | null;
  readonly held: LockView[];
}

/** What the kernel's thread sends. */
export type ToService =
  | { readonly type: "chunk"; readonly buffer: SharedArrayBuffer }
  | { readonly type: "answer"; readonly call: number; readonly value: Answers[Question["kind"]] }
  | { readonly type: "close" };

/** What the service sends. */
export type FromService =
  | { readonly type: "listening"; readonly port: number; readonly web: string | null }
  | { readonly type: "failed"; readonly why: string; readonly inUse: boolean }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "ask"; readonly call: number; readonly question: Question }
  | { readonly type: "closed" };

/** The service's end of the line between the threads. */
export interface Line {
  postMessage(message: FromService): void;
  on(event: "message", listener: (message: ToService) => void): unknown;
}
