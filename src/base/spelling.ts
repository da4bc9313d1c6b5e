/** The number of edits that turn one word into another: insertions, deletions, replacements, or swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

/** The candidate closest in spelling to a word. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  // Anything longer is not a word, and comparing it takes long.
  const looked = word.slice(0, 100).toLowerCase();
  return [...candidates].map((c) => ({ c, d: distance(looked, c.toLowerCase()) })).sort((p, q) => p.d - q.d)[0]?.c;
}

/** The same, if it could be the word misspelled: with at most a third of its letters changed. */
export function near(word: string, candidates: readonly string[]): string | undefined {
  const found = closest(word, candidates);
  return found && distance(word.toLowerCase(), found.toLowerCase()) <= word.length / 3 ? found : undefined;
}
