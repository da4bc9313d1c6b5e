/** A token of Python: `text` as written; for strings, their contents. */
export interface Token {
  readonly kind:
    | 'name'
    | 'number'
    | 'string'
    | 'template'
    | 'operator'
    | 'newline'
    | 'indent'
    | 'dedent'
    | 'comment'
    | 'end';
  readonly text: string;
  readonly line: number;
}
/** Python that is not understood here. */
export class Unreadable extends Error {
  readonly line: number;
  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number = /(?:0[xX][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\p{L}])/uy;
const operator = /\*\*=|\/\/=|\*\*|\/\/|->|:=|[-+*/%@&|^<>=!]=|[-+*/%@&|^~<>=()[\]{},:.;]/y;
const string = /([rRbBfFuU]{0,2})("""|'''|"|')/y;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const widthOf = (space: string): number => space.replaceAll('\t', '        ').length;
/** The indentation of the next line that is more than a comment. */
function widthAfter(text: string, at: number): number {
  const [, space = ''] = /^(?:[ \t]*(?:#.*)?\r?\n)*([ \t]*)/.exec(text.slice(at))!;
  return widthOf(space);
}

/** The tokens of a program, with indents and dedents as in Python's own tokenizer. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const levels = [0];
  let [at, line, depth] = [0, 1, 0];
  let isFresh = true;
  const push = (kind: Token['kind'], text: string): void => void tokens.push({ kind, text, line });
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };
  while (at < text.length) {
    if (isFresh && depth === 0) {
      const [space] = /[ \t]*/y.exec(text.slice(at))!;
      const width = widthOf(space);
      const next = text[at + space.length];
      // Empty lines and comments open and close no block; but a comment that belongs to what follows stays with it.
      const isBlank = next === '\n' || next === '\r' || next === undefined;
      const isBeforeEnd = next === '#' && width < levels.at(-1)! && widthAfter(text, at) <= width;
      if ((!isBlank && next !== '#') || isBeforeEnd) {
        if (width > levels.at(-1)!) {
          levels.push(width);
          push('indent', '');
        }
        while (width < levels.at(-1)!) {
          levels.pop();
          push('dedent', '');
        }
      }
      at += space.length;
      isFresh = false;
      continue;
    }
    const letter = text[at]!;
    if (letter === '\n') {
      if (depth === 0) push('newline', '');
      at++;
      line++;
      isFresh = true;
    } else if (letter === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at = text.indexOf('\n', at) + 1;
      line++;
    } else if (/\s/.test(letter)) at++;
    else if (letter === '#') {
      const end = text.indexOf('\n', at);
      if (depth === 0) push('comment', text.slice(at + 1, end < 0 ? undefined : end).trim());
      at = end < 0 ? text.length : end;
    } else {
      const quoted = matched(string);
      if (quoted) {
        const [, prefix = '', quote = ''] = quoted;
        const from = line;
        let held = '';
        while (!text.startsWith(quote, at)) {
          const each = text[at++];
          if (each === undefined || (each === '\n' && quote.length === 1))
            throw new Unreadable(from, 'a string has no end');
          if (each === '\n') line++;
          if (each === '\\' && !/r/i.test(prefix)) {
            const next = text[at++]!;
            if (next === '\n') line++;
            else held += escapes[next] ?? `\\${next}`;
          } else held += each;
        }
        at += quote.length;
        tokens.push({ kind: /f/i.test(prefix) ? 'template' : 'string', text: held, line: from });
        continue;
      }
      const found = matched(word) ?? matched(number) ?? matched(operator);
      if (!found) throw new Unreadable(line, `"${letter}" is not understood`);
      const [each] = found;
      if ('([{'.includes(each)) depth++;
      if (')]}'.includes(each)) depth--;
      push(/^[\p{L}_]/u.test(each) ? 'name' : /^\.?\d/.test(each) ? 'number' : 'operator', each);
    }
  }
  push('newline', '');
  for (let k = 1; k < levels.length; k++) push('dedent', '');
  push('end', '');
  return tokens;
}
