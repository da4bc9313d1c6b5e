/** Whether what is printed goes to a terminal, where a line can be written again. */
export const isTerminal = (): boolean => typeof process !== 'undefined' && process.stdout?.isTTY === true;

/** Characters that fit into a line of the terminal; files and pipes have no end. */
export function terminalColumns(): number {
  if (typeof process === 'undefined') return Number.POSITIVE_INFINITY;
  return Number(process.env?.['COLUMNS']) || process.stdout?.columns || Number.POSITIVE_INFINITY;
}
