/**
 * Whether a program is installed that a test needs as a peer. Where it is not, the test is ignored,
 * save in CI, which installs them all: there it fails.
 */
export function isInstalled(command: string): boolean {
  if (Deno.env.has("CI")) return true;
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${command}`).isFile;
    } catch {
      return false;
    }
  });
}
