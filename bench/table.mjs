/** The middle of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** A Markdown table; columns without any entry are left out. */
export function table(head, rows) {
  const kept = head.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const line = (row) => `| ${kept.map((c) => row[c]).join(' | ')} |`;
  return [line(head), `|${kept.map((_, n) => (n === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join('\n');
}
