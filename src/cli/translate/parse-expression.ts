import { type Token, tokensOf, Unreadable } from './tokens.ts';
import type { Expression, Given } from './tree.ts';

/** Precedence of binary operators. */
const strengths: Readonly<Record<string, number>> = {
  or: 1, and: 2,
  in: 4, is: 4, '<': 4, '>': 4, '<=': 4, '>=': 4, '==': 4, '!=': 4,
  '|': 5, '^': 6, '&': 7, '<<': 8, '>>': 8,
  '+': 9, '-': 9, '*': 10, '/': 10, '//': 10, '%': 10, '@': 10, '**': 12,
}; // biome-ignore format: by strength
const negation = 11;

/** Parses expressions, token by token. */
export class Reader {
  protected readonly tokens: readonly Token[];
  protected at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }
  protected get token(): Token {
    return this.tokens[this.at]!;
  }
  protected is(...texts: readonly string[]): boolean {
    const { kind, text } = this.token;
    return (kind === 'operator' || kind === 'name') && texts.includes(text);
  }
  protected take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }
  protected want(text: string): void {
    if (!this.take(text)) this.refuse(`"${text}" is missing before "${this.token.text}"`);
  }
  protected name(): string {
    if (this.token.kind !== 'name') this.refuse(`a name is missing before "${this.token.text}"`);
    return this.tokens[this.at++]!.text;
  }
  protected refuse(problem: string): never {
    throw new Unreadable(this.token.line, problem);
  }

  /** One expression, or a tuple of several. */
  expressions(): Expression {
    const { line } = this.token;
    const first = this.expression();
    if (!this.is(',')) return first;
    const items = [first];
    while (this.take(',') && !this.is('=', ')', ']') && this.token.kind !== 'newline') items.push(this.expression());
    return { kind: 'list', isTuple: true, items, line };
  }
  expression(): Expression {
    const { line } = this.token;
    if (this.is('lambda', 'await', 'yield', '*', '**')) this.refuse(`"${this.token.text}" is not translated`);
    const yes = this.binary(0);
    if (!this.take('if')) return yes;
    const test = this.binary(0);
    this.want('else');
    return { kind: 'choice', test, yes, no: this.expression(), line };
  }

  private binary(least: number): Expression {
    let left = this.unary();
    for (;;) {
      const { kind, text, line } = this.token;
      const strength = kind === 'operator' || kind === 'name' ? strengths[text] : undefined;
      if (strength === undefined || strength <= least) return left;
      if (text === 'in' || text === 'is') this.refuse(`"${text}" is not translated`);
      this.at++;
      // Powers associate to the right.
      const right = this.binary(text === '**' ? strength - 1 : strength);
      left = { kind: 'binary', operator: text, left, right, line };
    }
  }
  private unary(): Expression {
    const { line, text } = this.token;
    if (this.take('not')) return { kind: 'unary', operator: '!', of: this.binary(3), line };
    if (this.is('-', '+', '~')) {
      this.at++;
      if (text === '~') this.refuse('"~" is not translated');
      return { kind: 'unary', operator: text, of: this.binary(negation), line };
    }
    return this.trailers(this.atom());
  }
  private trailers(start: Expression): Expression {
    let of = start;
    for (;;) {
      const { line } = this.token;
      if (this.take('.')) of = { kind: 'attribute', of, name: this.name(), line };
      else if (this.take('(')) of = { kind: 'call', of, given: this.given(), line };
      else if (this.take('[')) {
        const at = this.indices();
        this.want(']');
        of = { kind: 'index', of, at, line };
      } else return of;
    }
  }
  private indices(): Expression {
    const { line } = this.token;
    const items: Expression[] = [];
    do {
      if (this.is(']')) break;
      items.push(this.position());
    } while (this.take(','));
    return items.length === 1 ? items[0]! : { kind: 'list', isTuple: true, items, line };
  }
  private position(): Expression {
    const { line } = this.token;
    if (this.is('.') && this.tokens[this.at + 1]?.text === '.') {
      this.at += 3;
      return { kind: 'ellipsis', line };
    }
    const ends: (Expression | undefined)[] = [];
    do ends.push(this.is(':', ',', ']') ? undefined : this.expression());
    while (this.take(':'));
    return ends.length === 1 && ends[0] ? ends[0] : { kind: 'slice', ends, line };
  }
  private given(): Given[] {
    const all: Given[] = [];
    while (!this.take(')')) {
      const next = this.tokens[this.at + 1]!;
      const isNamed = this.token.kind === 'name' && next.kind === 'operator' && next.text === '=';
      const name = isNamed ? this.name() : undefined;
      if (isNamed) this.want('=');
      all.push({ name, value: this.expression() });
      if (this.is('for')) this.refuse('a comprehension is not translated');
      if (!this.is(')')) this.want(',');
    }
    return all;
  }
  private atom(): Expression {
    const { kind, text, line } = this.token;
    this.at++;
    if (kind === 'number') return { kind, text: text.replaceAll('_', ''), line };
    if (kind === 'string' || kind === 'template') return this.strings(kind, text, line);
    if (kind === 'name') return { kind, name: text, line };
    if (kind === 'operator' && text === '(') {
      if (this.take(')')) return { kind: 'list', isTuple: true, items: [], line };
      const within = this.expressions();
      if (this.is('for')) this.refuse('a comprehension is not translated');
      this.want(')');
      return within;
    }
    if (kind === 'operator' && text === '[') {
      const items: Expression[] = [];
      while (!this.take(']')) {
        items.push(this.expression());
        if (this.is('for')) this.refuse('a comprehension is not translated');
        if (!this.is(']')) this.want(',');
      }
      return { kind: 'list', isTuple: false, items, line };
    }
    if (kind === 'operator' && text === '{') return this.dict(line);
    this.at--;
    return this.refuse(`"${text}" is not understood here`);
  }
  private dict(line: number): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.take('}')) {
      const key = this.expression();
      if (!this.is(':')) this.refuse('a set is not translated');
      this.want(':');
      entries.push([key, this.expression()]);
      if (this.is('for')) this.refuse('a comprehension is not translated');
      if (!this.is('}')) this.want(',');
    }
    return { kind: 'dict', entries, line };
  }
  /** Adjacent strings are one. */
  private strings(kind: 'string' | 'template', text: string, line: number): Expression {
    const parts: (string | Expression)[] = kind === 'string' ? [text] : this.template(text, line);
    while (this.token.kind === 'string' || this.token.kind === 'template') {
      const next = this.tokens[this.at++]!;
      parts.push(...(next.kind === 'string' ? [next.text] : this.template(next.text, line)));
    }
    if (parts.every((part) => typeof part === 'string')) return { kind: 'string', text: parts.join(''), line };
    return { kind: 'template', parts, line };
  }
  private template(text: string, line: number): (string | Expression)[] {
    const parts = text.split(/(\{\{|\}\}|\{[^{}]*\})/);
    return parts.map((part, k) => {
      if (k % 2 === 0) return part;
      if (part === '{{' || part === '}}') return part[0]!;
      const [, inner = '', digits] = /^\{(.*?)(?::\.(\d+)f)?\}$/.exec(part) ?? [];
      if (/[:!=]/.test(inner)) throw new Unreadable(line, `the format of "${part}" is not translated`);
      const of = new Reader(tokensOf(inner)).expression();
      if (digits === undefined) return of;
      const fixed: Expression = { kind: 'attribute', of, name: 'toFixed', line };
      return {
        kind: 'call',
        of: fixed,
        given: [{ name: undefined, value: { kind: 'number', text: digits, line } }],
        line,
      };
    });
  }
}
