/** What the text of a declaration refuses: the problems of its calls of `fail`, with … for what differs. */
export function refusalsIn(text: string): string[] {
  const problems = [...text.matchAll(/\bfail\(/g)].map(
    ({ index }) => argumentsFrom(text, index + 'fail('.length)[1] ?? '',
  );
  return [...new Set(problems.flatMap((problem) => words(problem) ?? []))];
}

/** The arguments of a call, as texts, from behind its opening bracket. */
export function argumentsFrom(text: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = start;
  for (let k = start; k < text.length; k++) {
    const letter = text[k]!;
    if (letter === "'" || letter === '"' || letter === '`') k = endOfText(text, k);
    else if ('([{'.includes(letter)) depth++;
    else if (depth > 0 && ')]}'.includes(letter)) depth--;
    else if (depth === 0 && (letter === ',' || ')]}'.includes(letter))) {
      found.push(text.slice(from, k).trim());
      from = k + 1;
      if (letter !== ',') break;
    }
  }
  return found.filter((each) => each !== '');
}

/** Where a string that begins at `start` ends; a template may hold code with strings of its own. */
function endOfText(text: string, start: number): number {
  const quote = text[start];
  for (let k = start + 1; k < text.length; k++) {
    if (text[k] === '\\') k++;
    else if (text[k] === quote) return k;
    else if (quote === '`' && text.startsWith('${', k)) k = endOfCode(text, k + 2);
  }
  return text.length;
}
function endOfCode(text: string, start: number): number {
  let depth = 0;
  for (let k = start; k < text.length; k++) {
    if ('\'"`'.includes(text[k]!)) k = endOfText(text, k);
    else if (text[k] === '{') depth++;
    else if (text[k] === '}' && depth-- === 0) return k;
  }
  return text.length;
}

/** A literal's words; undefined of an expression, and of what would be nothing but gaps. */
function words(literal: string): string[] | undefined {
  const quote = literal[0]!;
  if (!'\'"`'.includes(quote) || endOfText(literal, 0) !== literal.length - 1) return undefined;
  let found = '';
  for (let k = 1; k < literal.length - 1; k++)
    if (quote === '`' && literal.startsWith('${', k)) {
      k = endOfCode(literal, k + 2);
      found += '…';
    } else found += literal[k] === '\\' ? literal[++k] : literal[k];
  return /[a-z]{3}/.test(found) ? [found] : undefined;
}
