import { Child, type Ending } from "../helpers/child.ts";

/** A terminal in which a client that nobody here wrote talks to a server. */
export class Terminal extends Child {
  private constructor(command: string, args: string[]) {
    super(command, { args, stdin: "piped" });
  }

  /** `nc`, of Debian's netcat-openbsd. */
  static nc(port: number, ...options: string[]): Terminal {
    return new Terminal("nc", [...options, "localhost", String(port)]);
  }

  /** `telnet`, of Debian's inetutils. */
  static telnet(port: number): Terminal {
    return new Terminal("telnet", ["localhost", String(port)]);
  }

  /**
   * Resolves once the client has ended because the server dropped it. `nc` notices that its input may
   * go on no longer, so that is ended first: it alone would not end `nc`.
   */
  async dropped(): Promise<Ending> {
    await this.endInput();
    return await this.end();
  }
}

/** Whether `nc` is installed: CI installs it, elsewhere the tests that need it are ignored. */
export const hasNc: boolean = isInstalled("nc");
/** Whether `telnet` is installed: CI installs it, elsewhere the tests that need it are ignored. */
export const hasTelnet: boolean = isInstalled("telnet");

function isInstalled(command: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${command}`).isFile;
    } catch {
      return false;
    }
  });
}
