const widest = 110;
const opening = '([{';
const closing = ')]}';

/** The outermost brackets of a line that are worth breaking: the last ones with a comma inside, or long ones. */
function bracketsIn(line: string): readonly [from: number, to: number] | undefined {
  let found: readonly [number, number] | undefined;
  let [depth, start, quote] = [0, 0, ''];
  for (let k = 0; k < line.length; k++) {
    const letter = line[k]!;
    if (quote) {
      if (letter === '\\') k++;
      else if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '`') quote = letter;
    else if (opening.includes(letter) && depth++ === 0) start = k;
    else if (closing.includes(letter) && --depth === 0 && (!found || k - start >= found[1] - found[0]))
      found = [start, k];
  }
  return found;
}
/** The parts between the commas within brackets. */
function itemsIn(text: string): string[] {
  const items = [''];
  let [depth, quote] = [0, ''];
  for (let k = 0; k < text.length; k++) {
    const letter = text[k]!;
    if (quote) {
      if (letter === '\\') items[items.length - 1] += text[k++]!;
      else if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '`') quote = letter;
    else if (opening.includes(letter)) depth++;
    else if (closing.includes(letter)) depth--;
    if (letter === ',' && depth === 0 && !quote) items.push('');
    else items[items.length - 1] += text[k]!;
  }
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** Breaks a line of code that is too long, with the contents of its brackets below each other. */
export function folded(line: string): string[] {
  const indent = /^ */.exec(line)![0];
  if (line.length <= widest || line.trimStart().startsWith('//')) return [line];
  const brackets = bracketsIn(line);
  if (!brackets) return [line];
  const [from, to] = brackets;
  const items = itemsIn(line.slice(from + 1, to));
  // A single argument that is an object or a list stays next to its bracket.
  const only = items.length === 1 && /^[[{]/.test(items[0]!) ? items[0]! : undefined;
  if (only) {
    const inner = itemsIn(only.slice(1, -1));
    const [open, close] = [only[0]!, only.at(-1)!];
    const rows = inner.flatMap((item) => folded(`${indent}  ${item},`));
    return [`${line.slice(0, from + 1)}${open}`, ...rows, `${indent}${close}${line.slice(to)}`];
  }
  if (items.length === 0) return [line];
  // Grouping brackets take no trailing comma.
  const comma = line[from] === '(' && !/[\w)\]>]/.test(line[from - 1] ?? '') ? '' : ',';
  const rows = items.flatMap((item) => folded(`${indent}  ${item}${comma}`));
  return [line.slice(0, from + 1), ...rows, `${indent}${line.slice(to)}`];
}
