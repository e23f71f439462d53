/** Numbers as people read them. */
export class PageWords {
  /** A count, in at most four characters. */
  static short(count: number): string {
    if (count < 1000) return String(Math.round(count));
    if (count < 9950) return `${(count / 1000).toFixed(1)}k`;
    if (count < 999_500) return `${Math.round(count / 1000)}k`;
    return `${(count / 1_000_000).toFixed(1)}M`;
  }

  /** A count, whole. */
  static whole(count: number): string {
    return count.toLocaleString("en");
  }

  /** A count of things. */
  static many(count: number, thing: string): string {
    return `${PageWords.whole(count)} ${thing}${count === 1 ? "" : "s"}`;
  }

  /** A duration in seconds. */
  static seconds(seconds: number): string {
    if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
    if (seconds < 120) return `${Math.round(seconds)} s`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
    if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
    return `${PageWords.short(Math.round(seconds / 86_400))} d`;
  }
}
