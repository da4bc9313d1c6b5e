/** Whether output goes to a terminal, where a line can be overwritten. */
export const isTerminal = (): boolean => typeof process !== 'undefined' && process.stdout?.isTTY === true;

/** The width of the terminal in characters; unlimited for files and pipes. */
export function terminalColumns(): number {
  if (typeof process === 'undefined') return Number.POSITIVE_INFINITY;
  return Number(process.env?.['COLUMNS']) || process.stdout?.columns || Number.POSITIVE_INFINITY;
}
