/**
 * Lines from a client that may be anything: a person with `telnet`, a program, a browser led astray. A
 * line has at most so many bytes, whatever comes; telnet's option bytes are skipped.
 */

/** More than anybody types. */
export const MAX_LINE = 1024;

const LF = 10;
const CR = 13;
/** Telnet (RFC 854): what follows is a command. */
const IAC = 255;
const SUBNEGOTIATION = 250;
const SUBNEGOTIATION_END = 240;
const WILL = 251;
const DONT = 254;

/** What a line reader reads from. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

/** A client's line was too long. */
export class LineTooLong extends Error {}

export class LineReader {
  readonly #source: ByteSource;
  readonly #input = new Uint8Array(MAX_LINE);
  #unread: Uint8Array = this.#input.subarray(0, 0);
  readonly #line = new Uint8Array(MAX_LINE);
  #length = 0;
  /** Where in a telnet command we are: what byte came last, and whether inside a subnegotiation. */
  #command: "none" | "begun" | "option" | "sub" | "sub-iac" = "none";

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * The next line without its end, or `null` when there is none any more. A last one without an end
   * is none: nobody has said that it was all.
   *
   * @throws {LineTooLong} If it has more than {@linkcode MAX_LINE} bytes.
   */
  async next(): Promise<string | null> {
    for (;;) {
      const line = this.#takeLine();
      if (line !== null) return line;
      const count = await this.#source.read(this.#input);
      if (count === null) return null;
      this.#unread = this.#input.subarray(0, count);
    }
  }

  #takeLine(): string | null {
    const bytes = this.#unread;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (this.#command !== "none" || byte === IAC) {
        this.#skip(byte);
      } else if (byte === LF) {
        this.#unread = bytes.subarray(i + 1);
        return this.#finish();
      } else {
        if (this.#length === MAX_LINE) throw new LineTooLong();
        this.#line[this.#length++] = byte;
      }
    }
    this.#unread = bytes.subarray(bytes.length);
    return null;
  }

  #finish(): string {
    let end = this.#length;
    // Telnet ends lines with CR LF, or CR NUL.
    while (end > 0 && (this.#line[end - 1] === CR || this.#line[end - 1] === 0)) end--;
    this.#length = 0;
    return new TextDecoder().decode(this.#line.subarray(0, end));
  }

  #skip(byte: number): void {
    switch (this.#command) {
      case "none":
        this.#command = "begun";
        break;
      case "begun":
        this.#command = byte === SUBNEGOTIATION
          ? "sub"
          : byte >= WILL && byte <= DONT
          ? "option"
          : "none";
        break;
      case "option":
        this.#command = "none";
        break;
      case "sub":
        if (byte === IAC) this.#command = "sub-iac";
        break;
      case "sub-iac":
        this.#command = byte === SUBNEGOTIATION_END ? "none" : "sub";
    }
  }
}
