/**
 * A promise from elsewhere that settles only when a kernel with hooks has seen that its task awaits it:
 * immediates run in the order they were set, and the kernel's was set before. (A timer of the host may
 * be due earlier on a busy machine.)
 */
export function foreignTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
