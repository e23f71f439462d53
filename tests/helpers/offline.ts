/** Runs Deno with `args`, in `cwd`, where nothing was ever downloaded and no registry can be reached. */
export async function offline(
  args: readonly string[],
  cwd?: string,
): Promise<{ success: boolean; output: string; errors: string }> {
  const cache = await Deno.makeTempDir();
  // Nobody listens on port 1.
  const registry = "http://127.0.0.1:1";
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd,
      env: { DENO_DIR: cache, NPM_CONFIG_REGISTRY: registry, JSR_URL: registry, NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { success, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}
