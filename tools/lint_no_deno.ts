/**
 * A lint rule of our own: `kernel/` and `sync/` run wherever JavaScript does, so they may not
 * touch the `Deno` global, in code or in types. Signals are the host's, hence `sync/signal*.ts`
 * is the exception. A lint rule and not a search through the text, because a parser knows a
 * comment and `Symbol.for("Deno.customInspect")` from code.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

function isPortable(filename: string): boolean {
  const path = filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
  return /^(kernel|sync)[\\/](?!signal)/.test(path);
}

const plugin: Deno.lint.Plugin = {
  name: "curio",
  rules: {
    "no-deno": {
      create(context) {
        if (!isPortable(context.filename)) return {};
        return {
          'Identifier[name="Deno"]'(node: Deno.lint.Identifier) {
            context.report({
              node,
              message:
                "Cannot use Deno here because kernel/ and sync/ run wherever JavaScript does.",
              hint:
                "Move this to run.ts, io/ or net/, or hand the kernel what it needs from there.",
            });
          },
        };
      },
    },
  },
};

export default plugin;
