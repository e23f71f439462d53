/** The modes of `aopen`, as Python spells them. */

/** A mode of `aopen` that gives text. */
export type TextMode = "r" | "r+" | "w" | "w+" | "a" | "a+" | "x" | "x+";

/** A mode of `aopen` that gives bytes. */
export type BinaryMode =
  | "rb"
  | "r+b"
  | "rb+"
  | "wb"
  | "w+b"
  | "wb+"
  | "ab"
  | "a+b"
  | "ab+"
  | "xb"
  | "x+b"
  | "xb+";

/** What a mode means. */
export interface FileMode {
  readonly binary: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  /** Whether whatever is written goes to the end. */
  readonly appends: boolean;
  /** The same in the host's words. */
  readonly open: Deno.OpenOptions;
}

const OPEN: Record<TextMode, Deno.OpenOptions> = {
  "r": { read: true },
  "r+": { read: true, write: true },
  "w": { write: true, create: true, truncate: true },
  "w+": { read: true, write: true, create: true, truncate: true },
  "a": { append: true, create: true },
  "a+": { read: true, append: true, create: true },
  "x": { write: true, createNew: true },
  "x+": { read: true, write: true, createNew: true },
};

/** What `mode` means; throws `TypeError` if it is none. */
export function parseMode(mode: string): FileMode {
  const text = typeof mode === "string" ? mode.replace("b", "") : "";
  if (!Object.hasOwn(OPEN, text) || mode.startsWith("b")) {
    throw new TypeError(
      `Cannot open a file in mode ${JSON.stringify(mode) ?? String(mode)} because there is none ` +
        `such: use one of r, r+, w, w+, a, a+, x, x+, with a b at the end for bytes`,
    );
  }
  const open = OPEN[text as TextMode];
  return {
    binary: text !== mode,
    reads: open.read === true,
    writes: text !== "r",
    appends: open.append === true,
    open,
  };
}
