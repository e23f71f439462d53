/** Keeps the processor busy for `milliseconds`: no timer can fire meanwhile. */
export function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
