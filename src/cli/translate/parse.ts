import { Reader } from './parse-expression.ts';
import { tokensOf, Unreadable } from './tokens.ts';
import type { Expression, Parameter, Statement } from './tree.ts';

/** Keywords of statements that are not translated, and what they are called. */
const foreign: Readonly<Record<string, string>> = {
  class: 'classes are written by hand: see the migration guide',
  with: '`with` is not translated',
  while: '`while` is not translated',
  try: '`try` is not translated',
  async: '`async` is not translated',
  '@': 'decorators are not translated',
  raise: '`raise` is not translated',
  assert: '`assert` is not translated',
  del: '`del` is not translated',
  global: '`global` is not translated',
  break: '`break` is not translated',
  continue: '`continue` is not translated',
};

/** Parses the statements of a program; what it does not understand becomes a block of its own. */
class Program extends Reader {
  statements(): Statement[] {
    const all: Statement[] = [];
    while (this.token.kind !== 'end' && this.token.kind !== 'dedent') {
      if (this.token.kind === 'newline') this.at++;
      else if (this.token.kind === 'indent') this.skip(all, 'a block that belongs to nothing');
      else all.push(...this.statement());
    }
    return all;
  }

  private statement(): Statement[] {
    const { kind, text, line } = this.token;
    const start = this.at;
    if (kind === 'comment') {
      this.at++;
      return [{ kind, text, line, last: line }];
    }
    const skipped: Statement[] = [];
    const reason = kind === 'name' || kind === 'operator' ? foreign[text] : undefined;
    if (reason !== undefined) this.skip(skipped, reason);
    else
      try {
        return this.known();
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.at = start;
        this.skip(skipped, error.message);
      }
    return skipped;
  }
  /** Skips a statement with its block. */
  private skip(into: Statement[], reason: string): void {
    const { line, text } = this.token;
    let depth = 0;
    if (this.token.kind === 'indent') {
      depth = 1;
      this.at++;
    }
    let last = line;
    for (;;) {
      const { kind } = this.token;
      if (kind === 'end') break;
      if (kind === 'indent') depth++;
      if (kind === 'dedent' && depth === 0) break;
      if (kind !== 'newline' && kind !== 'dedent' && kind !== 'indent') last = this.token.line;
      this.at++;
      if (kind === 'dedent' && --depth === 0 && !this.is('except', 'finally', 'else', 'elif')) break;
      if (kind === 'newline' && depth === 0 && this.token.kind !== 'indent') {
        // A decorator belongs to what it decorates.
        if (text === '@' && last === line && this.is('@', 'def', 'class')) continue;
        break;
      }
    }
    into.push({ kind: 'foreign', reason, line, last: Math.max(last, line) });
  }

  private known(): Statement[] {
    const { line } = this.token;
    if (this.is('import', 'from')) return this.ended([this.imports(line)]);
    if (this.take('pass')) return this.ended([{ kind: 'pass', line, last: line }]);
    if (this.take('return')) {
      const of = this.token.kind === 'newline' ? undefined : this.expressions();
      return this.ended([{ kind: 'return', of, line, last: this.lastLine() }]);
    }
    if (this.take('for')) {
      const target = this.forTarget();
      this.want('in');
      const over = this.expressions();
      return [{ kind: 'for', target, over, body: this.block(), line, last: this.lastLine() }];
    }
    if (this.take('if')) return [this.condition(line)];
    if (this.take('def')) return [this.definition(line)];
    const first = this.expressions();
    const { text } = this.token;
    if (this.token.kind === 'operator' && /^(?:[-+*/%]|\*\*|\/\/)=$/.test(text)) {
      this.at++;
      const value = this.expressions();
      return this.ended([
        { kind: 'augment', target: first, operator: text.slice(0, -1), value, line, last: this.lastLine() },
      ]);
    }
    if (this.is(':')) this.refuse('annotations of types are not translated');
    const all = [first];
    while (this.take('=')) all.push(this.expressions());
    const last = this.lastLine();
    if (all.length === 1) return this.ended([{ kind: 'expression', of: first, line, last }]);
    return this.ended([{ kind: 'assign', targets: all.slice(0, -1), value: all.at(-1)!, line, last }]);
  }
  private forTarget(): Expression {
    const { line } = this.token;
    const names = [this.name()];
    while (this.take(',')) names.push(this.name());
    const items = names.map((name) => ({ kind: 'name', name, line }) as const);
    return items.length === 1 ? items[0]! : { kind: 'list', isTuple: true, items, line };
  }
  private lastLine(): number {
    let at = this.at - 1;
    while (['dedent', 'newline', 'indent'].includes(this.tokens[at]!.kind)) at--;
    return this.tokens[at]!.line;
  }
  private ended(statements: Statement[]): Statement[] {
    if (this.take(';')) return this.token.kind === 'newline' ? statements : [...statements, ...this.known()];
    if (this.token.kind === 'comment') {
      statements.push({ kind: 'comment', text: this.token.text, line: this.token.line, last: this.token.line });
      this.at++;
    }
    if (this.token.kind !== 'newline') this.refuse(`"${this.token.text}" is not understood here`);
    this.at++;
    return statements;
  }
  private imports(line: number): Statement {
    const dotted = (): string => {
      let path = this.name();
      while (this.take('.')) path += `.${this.name()}`;
      return path;
    };
    const all: Statement[] = [];
    if (this.take('import')) {
      do {
        const module = dotted();
        // `import a.b` makes `a` known.
        const as = this.take('as') ? this.name() : '';
        all.push({ kind: 'import', module, name: undefined, as, line, last: line });
      } while (this.take(','));
    } else {
      this.want('from');
      const module = dotted();
      this.want('import');
      if (this.is('*')) this.refuse('`import *` does not say its names');
      const isEnclosed = this.take('(');
      do {
        if (this.is(')')) break;
        const name = this.name();
        const as = this.take('as') ? this.name() : name;
        all.push({ kind: 'import', module, name, as, line, last: line });
      } while (this.take(','));
      if (isEnclosed) this.want(')');
    }
    return { kind: 'imports', all, line, last: this.lastLine() };
  }
  private block(): Statement[] {
    this.want(':');
    while (this.token.kind === 'comment') this.at++;
    if (this.token.kind !== 'newline') return this.known();
    while (this.token.kind === 'newline' || this.token.kind === 'comment') this.at++;
    if (this.token.kind !== 'indent') this.refuse('a block is missing');
    this.at++;
    const all = this.statements();
    if (this.token.kind === 'dedent') this.at++;
    return all;
  }
  private condition(line: number): Statement {
    const test = this.expression();
    const yes = this.block();
    const { line: next } = this.token;
    const no = this.take('elif') ? [this.condition(next)] : this.take('else') ? this.block() : [];
    return { kind: 'if', test, yes, no, line, last: this.lastLine() };
  }
  private definition(line: number): Statement {
    const name = this.name();
    this.want('(');
    const parameters: Parameter[] = [];
    while (!this.take(')')) {
      if (this.is('*', '**', '/')) this.refuse('parameters of any number are not translated');
      const own = this.name();
      if (this.is(':')) this.refuse('annotations of types are not translated');
      parameters.push({ name: own, initial: this.take('=') ? this.expression() : undefined });
      if (!this.is(')')) this.want(',');
    }
    return { kind: 'def', name, parameters, body: this.block(), line, last: this.lastLine() };
  }
}

/** The statements of a Python program. */
export const parsePython = (text: string): Statement[] => new Program(tokensOf(text.replaceAll('\r', ''))).statements();
