/** Whether `value` can be posted to a worker; travels as text (see `far_text.ts`). */
export function canTravel(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
