/**
 * Where the monitor's thread is started from. Deno lets a worker load local modules only with
 * permission to read them, and a program that has `--allow-net` alone must have its monitor. But a
 * module of the program may be imported as *text* without a permission: so the worker's modules, which
 * are made part of the program here, are handed to it as blobs. The same goes for modules from JSR.
 *
 * The blobs are JavaScript: where the program is type-checked, as under `deno test`, Deno would check
 * each worker's TypeScript anew, for a second or two, and without the program's compiler options.
 */
import { stripTypeScriptTypes } from "node:module";

/** Never called: its import makes these modules, and what they import, part of the program. */
export function partOfTheProgram(): Promise<unknown> {
  return import("./service.ts");
}

const STATIC_IMPORT = /^(?:import|export) (?!type )[^;"]*from "(\.{1,2}\/[^"]+)";$/gm;
const DYNAMIC_IMPORT = /\bimport\("(\.{1,2}\/[^"]+)"\)/g;

/** The modules of a worker as blobs. */
export class WorkerModules {
  readonly #urls = new Map<string, Promise<string>>();

  /** The address of a blob that holds the module at `address`, with all that it imports. */
  urlOf(address: string): Promise<string> {
    let url = this.#urls.get(address);
    if (url === undefined) this.#urls.set(address, url = this.#make(address));
    return url;
  }

  /** Lets go of the blobs, once the worker has loaded them. */
  async revoke(): Promise<void> {
    for (const url of this.#urls.values()) URL.revokeObjectURL(await url);
    this.#urls.clear();
  }

  async #make(address: string): Promise<string> {
    const { default: text }: { default: string } = await import(address, {
      with: { type: "text" },
    });
    const specifiers = [...text.matchAll(STATIC_IMPORT), ...text.matchAll(DYNAMIC_IMPORT)]
      .map(([, specifier]) => specifier);
    const urls = new Map(
      await Promise.all(
        specifiers.map(async (specifier): Promise<[string, string]> => [
          specifier,
          await this.urlOf(new URL(specifier, address).href),
        ]),
      ),
    );
    const withUrls = (whole: string, specifier: string): string =>
      whole.replace(`"${specifier}"`, JSON.stringify(urls.get(specifier)));
    const code = text.replace(STATIC_IMPORT, withUrls).replace(DYNAMIC_IMPORT, withUrls);
    const script = stripTypeScriptTypes(code, { mode: "transform" });
    return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  }
}
