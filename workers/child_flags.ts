/**
 * What a worker process is started with: no permission that the program does not have itself.
 *
 * Only a permission that is granted as a whole can be passed on, as the host does not tell which paths
 * or hosts one is limited to. So the child of a program with `--allow-net=example.com` has no network.
 */

const KINDS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;

/** The hosts that a program may import from without a flag; another list of hosts replaces them. */
const USUAL_HOSTS = [
  "cdn.jsdelivr.net",
  "deno.land",
  "esm.sh",
  "gist.githubusercontent.com",
  "jsr.io",
  "raw.esm.sh",
  "raw.githubusercontent.com",
] as const;

let execPath: string | null = null;

/** The command that runs Deno, if the program may run it, or `null`. It asks nobody. */
export function denoCommand(): string | null {
  // A compiled program is its own runtime, which runs nothing else.
  if (Deno.build.standalone) return null;
  for (const command of [execPath ??= Deno.execPath(), "deno"]) {
    if (Deno.permissions.querySync({ name: "run", command }).state === "granted") return command;
  }
  return null;
}

/** The flags of `deno run` for a worker process. */
export function childFlags(): string[] {
  const config = findConfig();
  return [
    "--quiet",
    "--no-prompt",
    ...KINDS.filter(isWhole).map((kind) => `--allow-${kind}`),
    ...(mayImportFromUsual() ? [] : ["--allow-import=none.invalid"]),
    ...(config === null ? ["--no-config"] : ["--config", config]),
  ];
}

function isWhole(name: (typeof KINDS)[number]): boolean {
  const status = Deno.permissions.querySync({ name } as Deno.PermissionDescriptor);
  return status.state === "granted" && !status.partial;
}

/** Whether the program may import from where every program of Deno may, unless it is told otherwise. */
function mayImportFromUsual(): boolean {
  return USUAL_HOSTS.every((host) =>
    Deno.permissions.querySync({ name: "import", host: `${host}:443` }).state === "granted"
  );
}

/** The `deno.json` that the program runs with, if it may look for it: modules import by its map. */
function findConfig(): string | null {
  if (!Deno.mainModule.startsWith("file:")) return null;
  for (let directory = new URL("./", Deno.mainModule);;) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const file = new URL(name, directory);
      if (Deno.permissions.querySync({ name: "read", path: file }).state !== "granted") continue;
      if (exists(file)) return pathOf(file);
    }
    const parent = new URL("../", directory);
    if (parent.href === directory.href) return null;
    directory = parent;
  }
}

function exists(file: URL): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}

function pathOf(file: URL): string {
  const path = decodeURIComponent(file.pathname);
  return Deno.build.os === "windows" ? path.replace(/^\//, "") : path;
}
