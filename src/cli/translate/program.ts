import { type Bound, Expressions } from './expressions.ts';
import { folded } from './fold.ts';
import { parsePython } from './parse.ts';
import { Unreadable } from './tokens.ts';
import type { Expression, Given, Statement } from './tree.ts';
import { type Kind, nameOf, Refused, type Value } from './values.ts';

/** A line that could not be translated, and why. */
export interface Left {
  readonly line: number;
  readonly reason: string;
}
export interface Translation {
  /** A TypeScript module; what could not be translated is left as comments. */
  readonly code: string;
  readonly left: readonly Left[];
}

/** Names that statements assign, including nested blocks. */
function* assigned(statements: readonly Statement[]): Generator<string> {
  const namesIn = function* (target: Expression): Generator<string> {
    if (target.kind === 'name') yield target.name;
    if (target.kind === 'list') for (const item of target.items) yield* namesIn(item);
  };
  for (const statement of statements) {
    if (statement.kind === 'assign') for (const target of statement.targets) yield* namesIn(target);
    if (statement.kind === 'augment') yield* namesIn(statement.target);
    if (statement.kind === 'for') yield* assigned(statement.body);
    if (statement.kind === 'if') yield* assigned([...statement.yes, ...statement.no]);
  }
}
/** Calls within statements, by the called name. */
function* callsIn(part: unknown): Generator<{ readonly name: string; readonly given: readonly Given[] }> {
  if (typeof part !== 'object' || part === null) return;
  const node = part as { kind?: string; of?: { kind?: string; name?: string }; given?: readonly Given[] };
  if (node.kind === 'call' && node.of?.kind === 'name') yield { name: node.of.name!, given: node.given! };
  for (const inner of Object.values(part)) yield* callsIn(inner);
}

class Scope {
  readonly expressions: Expressions;
  /** How often each name is assigned to. */
  private readonly counts = new Map<string, number>();
  /** The block in which each name was declared. */
  private readonly declaredIn = new Map<string, number>();
  private readonly used: Set<string>;
  private depth = 0;
  readonly isFunction: boolean;
  result: Kind = 'none';

  constructor(names: Map<string, Bound>, statements: readonly Statement[], used: Set<string>, isFunction: boolean) {
    this.expressions = new Expressions(names);
    for (const name of assigned(statements)) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.used = used;
    this.isFunction = isFunction;
  }

  block(statements: readonly Statement[], program: Writer): string[] {
    this.depth++;
    const lines = statements.flatMap((statement) => this.statement(statement, program));
    this.depth--;
    return lines;
  }

  statement(of: Statement, program: Writer): string[] {
    const { expressions } = this;
    switch (of.kind) {
      case 'comment':
        return [`// ${of.text}`];
      case 'pass':
        return [];
      case 'expression':
        // Docstrings are strings.
        if (of.of.kind === 'string')
          return of.of.text
            .trim()
            .split('\n')
            .map((line) => `// ${line.trim()}`);
        return [`${expressions.value(of.of).code};`];
      case 'assign':
        return this.assign(of.targets, of.value);
      case 'augment': {
        const { target, operator, value, line } = of;
        return this.assign([target], { kind: 'binary', operator, left: target, right: value, line });
      }
      case 'return': {
        if (!this.isFunction) throw new Refused(of.line, '`return` outside of a function');
        const value = of.of && expressions.value(of.of);
        this.result = value?.kind ?? 'none';
        return [value ? `return ${value.code};` : 'return;'];
      }
      case 'for':
        return this.loop(of, program);
      case 'if':
        return this.condition(of, program);
      case 'def':
        return program.definition(of, this);
      case 'foreign':
        throw new Refused(of.line, of.reason);
      default:
        throw new Refused(of.line, 'an import within a block is not translated');
    }
  }

  private assign(targets: readonly Expression[], of: Expression): string[] {
    const value = this.expressions.value(of);
    if (value.kind === 'none' && value.code !== 'null')
      throw new Refused(of.line, 'nothing comes of this that could be assigned');
    return targets.flatMap((target, k): string[] => {
      const first = targets[0]!;
      const from = k === 0 || first.kind !== 'name' ? value : this.expressions.value(first);
      if (target.kind === 'name') return [this.declare(target.name, from)];
      if (target.kind === 'attribute') {
        const owner = this.expressions.value(target.of);
        if (!['model', 'layer'].includes(owner.kind) || target.name !== 'trainable')
          throw new Refused(target.line, `assigning to \`.${target.name}\` is not translated`);
        return [`${owner.code}.trainable = ${from.code};`];
      }
      if (target.kind !== 'list') throw new Refused(target.line, 'assigning to a part is not translated');
      return [this.takeApart(target.items, from, target.line, of)];
    });
  }
  private takeApart(items: readonly Expression[], from: Value, line: number, of: Expression): string {
    // `a, b = 1, 2`, where each value is known separately.
    const given =
      of.kind === 'list' && of.items.length === items.length
        ? of.items.map((each) => this.expressions.value(each).kind)
        : undefined;
    const inner: Readonly<Partial<Record<Kind, Kind>>> = { numbers: 'number', pairs: 'pair', pair: 'tensor' };
    const kind = inner[from.kind];
    if (kind === undefined && given === undefined) throw new Refused(line, 'what is taken apart here is not known');
    const pattern = items.map((item, k): string => {
      if (item.kind === 'list' && kind === 'pair')
        return `[${item.items.map((each) => this.fresh(each, 'tensor')).join(', ')}]`;
      return this.fresh(item, given?.[k] ?? kind!);
    });
    const code =
      from.kind === 'numbers' && given === undefined
        ? from.code.replace(/ as number\[\]$/, ` as [${items.map(() => 'number').join(', ')}]`)
        : from.code;
    return `const [${pattern.join(', ')}] = ${code};`;
  }
  private fresh(target: Expression, kind: Kind): string {
    if (target.kind !== 'name') throw new Refused(target.line, 'taking apart to this depth is not translated');
    const code = this.unused(nameOf(target.name));
    this.bind(target.name, { code, kind });
    return code;
  }
  private unused(name: string): string {
    let code = name;
    for (let k = 2; this.used.has(code); k++) code = `${name}${k}`;
    this.used.add(code);
    return code;
  }
  bind(name: string, value: Value): void {
    this.expressions.names.set(name, { kind: 'value', value });
    this.declaredIn.set(name, this.depth);
  }

  /** Declares a name, or assigns to an existing one; a value of another kind gets a new name. */
  private declare(name: string, { code, kind }: Value): string {
    const bound = this.expressions.names.get(name);
    const there = bound?.kind === 'value' && this.declaredIn.has(name) ? bound.value : undefined;
    const isReplaced =
      there?.kind === kind && kind !== 'model' && kind !== 'unknown' && kind !== 'object' && kind !== 'layer';
    if (there && isReplaced) return `${there.code} = ${code};`;
    if (there && this.declaredIn.get(name) !== this.depth)
      throw new Refused(0, `\`${name}\` becomes something of another kind within a block`);
    const own = this.unused(nameOf(name));
    const isLet =
      (this.counts.get(name) ?? 0) > 1 &&
      ['number', 'string', 'boolean', 'tensor', 'symbolic', 'numbers', 'list'].includes(kind);
    const types: Readonly<Partial<Record<Kind, string>>> = {
      symbolic: 'keras.KerasTensor',
      tensor: 'keras.Tensor',
      list: 'unknown[]',
      numbers: 'number[]',
    };
    const type = isLet && types[kind] ? `: ${types[kind]}` : code === '[]' ? ': unknown[]' : '';
    this.bind(name, { code: own, kind });
    return `${isLet ? 'let' : 'const'} ${own}${type} = ${code};`;
  }

  private loop(of: Statement & { kind: 'for' }, program: Writer): string[] {
    const { over, target } = of;
    if (target.kind !== 'name') throw new Refused(of.line, 'a loop over pairs is not translated');
    const name = nameOf(target.name);
    this.depth++;
    let head: string;
    if (over.kind === 'call' && over.of.kind === 'name' && over.of.name === 'range') {
      const ends = over.given.map(({ value }) => this.expressions.value(value));
      if (ends.length > 2 || ends.length === 0) throw new Refused(of.line, 'a range with steps is not translated');
      const [from, to] = ends.length === 1 ? ['0', ends[0]!.code] : [ends[0]!.code, ends[1]!.code];
      this.bind(target.name, { code: name, kind: 'number' });
      head = `for (let ${name} = ${from}; ${name} < ${to}; ${name}++) {`;
    } else {
      const list = this.expressions.value(over);
      const kind: Kind | undefined =
        list.kind === 'numbers' ? 'number' : /\.layers$/.test(list.code) ? 'layer' : undefined;
      if (!kind) throw new Refused(of.line, 'what the loop goes over is not known');
      this.bind(target.name, { code: name, kind });
      head = `for (const ${name} of ${list.code}) {`;
    }
    const body = this.block(of.body, program);
    this.depth--;
    return [head, ...body.map((line) => `  ${line}`), '}'];
  }
  private condition(of: Statement & { kind: 'if' }, program: Writer): string[] {
    const { test, yes, no } = of;
    // `if __name__ == "__main__"`: its body always runs here.
    if (test.kind === 'binary' && test.left.kind === 'name' && test.left.name === '__name__')
      return yes.flatMap((statement) => this.statement(statement, program));
    const code = this.expressions.value(test);
    if (code.kind !== 'boolean') throw new Refused(of.line, 'a condition that is no comparison is not translated');
    const inner = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
    const first = [`if (${code.code}) {`, ...inner(this.block(yes, program))];
    return no.length === 0 ? [...first, '}'] : [...first, '} else {', ...inner(this.block(no, program)), '}'];
  }
}

class Writer {
  readonly left: Left[] = [];
  private readonly lines: readonly string[];
  private readonly statements: readonly Statement[];
  private readonly names = new Map<string, Bound>();
  private readonly used = new Set(['keras', 'layers', 'ops', 'console', 'Number', 'Math', 'String']);

  constructor(text: string) {
    this.lines = text.split('\n');
    this.statements = parsePython(text);
  }

  write(): string {
    const scope = new Scope(this.names, this.statements, this.used, false);
    const out: string[] = [];
    let last = 0;
    for (const statement of this.statements) {
      const made = this.top(statement, scope);
      // Blank lines are kept, except at the beginning of a block.
      if (made.length > 0 && out.length > 0 && statement.line > last + 1) out.push('');
      // A comment after a statement stays after it.
      if (statement.kind === 'comment' && statement.line === last && out.length > 0)
        out[out.length - 1] += ` ${made[0]}`;
      else out.push(...made);
      last = statement.last;
    }
    const body = out.flatMap((line) => folded(line)).join('\n');
    const imports = ["import * as keras from 'hornbeam';"];
    const spaces = ['layers', 'ops'].filter((name) =>
      new RegExp(`^(?!\\s*//).*(?<![.\\w'])${name}\\.`, 'm').test(body),
    );
    if (spaces.length > 0) imports.push(`import { ${spaces.join(', ')} } from 'hornbeam';`);
    return `${[...imports, '', body]
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trimEnd()}\n`;
  }

  private top(statement: Statement, scope: Scope): string[] {
    if (statement.kind === 'imports')
      return statement.all.flatMap((each) => this.imported(each as Statement & { kind: 'import' }));
    try {
      return scope.statement(statement, this);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.leave(statement, error.line || statement.line, error.message);
    }
  }
  /** Keeps a statement as a comment; the names it would have assigned are missing from then on. */
  private leave({ line, last }: Statement, at: number, reason: string): string[] {
    const lines = this.lines.slice(line - 1, last);
    // The backend is chosen by `setDevice` here.
    if (/^os\.environ\[["']KERAS_BACKEND["']\]/.test(lines[0]!)) return [];
    this.left.push({ line: at, reason });
    for (const text of lines)
      for (const name of /^\s*(?:(?:def|class) (\w+)|([\w, ()]+?)\s*=(?!=))/.exec(text)?.slice(1) ?? [])
        for (const each of name?.match(/\w+/g) ?? []) this.miss(each, line);
    return [`// Not translated, line ${at}: ${reason}`, ...lines.map((text) => `//   ${text}`.trimEnd())];
  }
  private miss(name: string, line: number): void {
    if (this.names.get(name)?.kind !== 'module') this.names.set(name, { kind: 'missing', line });
  }

  private imported(of: Statement & { kind: 'import' }): string[] {
    const { module, name, as, line } = of;
    const full = name === undefined ? module : `${module}.${name}`;
    // Keras is also part of TensorFlow.
    const path = full.replace(/^tensorflow\.keras(?=\.|$)/, 'keras');
    const known = as === '' ? path.split('.')[0]! : as;
    const target = as === '' ? known : path;
    if (/^(?:keras|numpy|os)(?:\.|$)/.test(path)) this.names.set(known, { kind: 'module', path: target });
    else if (path === 'tensorflow') this.names.set(as || 'tensorflow', { kind: 'module', path: 'tensorflow' });
    else {
      this.names.set(known, { kind: 'missing', line });
      this.left.push({ line, reason: `\`${full}\` has no counterpart` });
      return [
        `// Not translated, line ${line}: \`${full}\` has no counterpart`,
        `//   ${this.lines[line - 1]!.trim()}`,
      ];
    }
    return [];
  }

  /** A function whose parameter types follow from its first call. */
  definition(of: Statement & { kind: 'def' }, outer: Scope): string[] {
    const [first] = [...callsIn(this.statements)].filter(({ name }) => name === of.name);
    const names = new Map(outer.expressions.names);
    const inner = new Scope(names, of.body, new Set(this.used), true);
    const parameters = of.parameters.map(({ name, initial }, k) => {
      const given =
        first?.given.find((each, i) => (each.name === undefined ? i === k : each.name === name))?.value ?? initial;
      if (!given) throw new Refused(of.line, `nothing tells what \`${name}\` of \`${of.name}\` is: it is never called`);
      const [type, kind] = typeOf(given);
      inner.bind(name, { code: nameOf(name), kind });
      return `${nameOf(name)}${initial ? '' : `: ${type}`}${initial ? ` = ${outer.expressions.value(initial).code}` : ''}`;
    });
    const lines = inner.block(of.body, this);
    const isAwaited = inner.expressions.hasAwait;
    const code = nameOf(of.name);
    this.used.add(code);
    outer.expressions.names.set(of.name, {
      kind: 'own',
      code,
      parameters: of.parameters.map(({ name }) => name),
      result: inner.result,
      isAwaited,
    });
    return [
      `${isAwaited ? 'async ' : ''}function ${code}(${parameters.join(', ')}) {`,
      ...lines.map((line) => `  ${line}`),
      '}',
    ];
  }
}

/** The type of a function's argument: a name is assumed to be a tensor of a model. */
function typeOf(of: Expression): readonly [type: string, kind: Kind] {
  if (of.kind === 'number' || (of.kind === 'unary' && of.operator === '-')) return ['number', 'number'];
  if (of.kind === 'string') return ['string', 'string'];
  if (of.kind === 'name' && (of.name === 'True' || of.name === 'False')) return ['boolean', 'boolean'];
  if (of.kind === 'list' && of.items.every((item) => item.kind === 'number')) return ['number[]', 'numbers'];
  if (of.kind === 'name' || of.kind === 'call') return ['keras.KerasTensor', 'symbolic'];
  throw new Refused(of.line, 'the type of an argument is not known');
}

/** Translates a Python program that uses Keras to a TypeScript module. */
export function translate(text: string): Translation {
  try {
    const writer = new Writer(text);
    return { code: writer.write(), left: writer.left };
  } catch (error) {
    // What is not Python at all is left as a whole.
    if (!(error instanceof Unreadable)) throw error;
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => `// ${line}`.trimEnd());
    return { code: `${lines.join('\n')}\n`, left: [{ line: error.line, reason: error.message }] };
  }
}
