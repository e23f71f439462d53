/** Prints rows in columns: the first aligned left, the others right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])
    );
    console.log("  " + cells.join("   ").trimEnd());
  }
}

/** A time per operation, from nanoseconds. */
export function formatNanoseconds(ns: number): string {
  if (ns < 1000) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1000).toFixed(2)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}

/** How many times something is as much as something else: `×2.5`. */
export function formatRatio(ratio: number): string {
  return `×${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)}`;
}

/** A whole number with its digits in groups. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en").replaceAll(",", " ");
}
