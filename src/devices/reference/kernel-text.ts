import { identityOf } from '../../algebra/fold.ts';
import type { DType } from '../../base/dtype.ts';
import { fail, HornbeamError } from '../../base/errors.ts';
import { stridesOf } from '../../base/shape.ts';
import {
  type Axis,
  type Combine,
  type Expr,
  type Local,
  type Region,
  type ScalarType,
  scalarType,
} from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { conversion, reinterpretation, scalarFunction } from './scalar-functions.ts';
import { stored } from './stored-numbers.ts';

interface Scope {
  readonly lines: string[];
  readonly names: Map<Expr, string>;
}
const freeAxes = new WeakMap<Expr, ReadonlySet<Axis>>();

/** Axes whose index an expression needs. */
function axesOf(e: Expr): ReadonlySet<Axis> {
  let axes = freeAxes.get(e);
  if (axes) return axes;
  const parts = e.op === 'apply' ? e.args : e.op === 'load' ? e.index : e.op === 'reduce' ? [e.body] : [];
  const found = new Set<Axis>(e.op === 'index' ? [e.axis] : parts.flatMap((part) => [...axesOf(part)]));
  if (e.op === 'reduce') for (const axis of e.axes) found.delete(axis);
  axes = found;
  freeAxes.set(e, axes);
  return axes;
}

/**
 * JavaScript text of loop nests and formulas. Each node of an expression becomes a `const` in the outermost loop where
 * all its indices are known, shared by all expressions that use it.
 */
export class KernelText {
  private readonly functions = new Map<string, (a: number, b: number) => number>();
  private readonly regions = new Map<Region, string>();
  private readonly locals = new Map<Local, string>();
  private readonly axes = new Map<Axis, { name: string; depth: number }>();
  private readonly scopes: Scope[] = [{ lines: [], names: new Map() }];
  /** Scope of the statement being written: values that may change between statements are not shared across them. */
  private base = 0;
  private count = 0;

  constructor(regions: readonly Region[]) {
    for (const region of regions) this.regions.set(region, `r${this.regions.size}`);
  }

  /** Compiles the text to a function of the regions' arrays, in order. */
  finish(): (...arrays: unknown[]) => void {
    const locals = [...this.locals].map(([, name]) => `let ${name} = 0;`);
    const text = [...locals, ...this.scopes[0].lines].join('\n');
    const make = new Function(
      ...this.functions.keys(),
      `'use strict';\nreturn (${[...this.regions.values()].join(', ')}) => {\n${text}\n};`,
    );
    return make(...this.functions.values()) as (...arrays: unknown[]) => void;
  }

  /** Runs `body` inside loops over the axes. */
  over(axes: readonly Axis[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (!axis) {
      body();
      return;
    }
    const name = `i${this.count++}`;
    this.axes.set(axis, { name, depth: this.scopes.length });
    this.block(`for (let ${name} = 0; ${name} < ${axis.size}; ${name}++) {`, () => this.over(rest, body));
    this.axes.delete(axis);
  }

  store(to: Region, index: readonly Expr[], value: Expr, combine?: Combine): void {
    this.sameType(`a store to "${to.name}"`, value.type, scalarType(to.dtype));
    const place = `${this.regionName(to)}[${this.position(to, index)}]`;
    let x = this.value(value);
    if (combine) x = `${this.scalar(combine, value.type)}(${this.decoded(place, to.dtype)}, ${x})`;
    const half = stored[to.dtype];
    this.line(`${place} = ${half ? `${this.use(`encode_${to.dtype}`, half.encode)}(${x})` : x};`);
  }

  statements(list: readonly Stmt[]): void {
    for (const statement of list) {
      const before = this.base;
      this.base = this.scopes.length;
      this.block('{', () => this.statement(statement));
      this.base = before;
    }
  }

  private statement(s: Stmt): void {
    if (s.op === 'for') this.over([s.axis], () => this.statements(s.body));
    else if (s.op === 'while')
      this.block('while (true) {', () => {
        this.line(`if (!${this.inner(() => this.value(s.condition))}) break;`);
        this.statements(s.body);
      });
    else if (s.op === 'if') {
      this.block(`if (${this.value(s.condition)}) {`, () => this.statements(s.then));
      if (s.otherwise.length > 0) this.block('else {', () => this.statements(s.otherwise));
    } else if (s.op === 'store') this.store(s.to, s.index, s.value, s.combine);
    else {
      this.sameType(`local "${s.local.name}"`, s.value.type, s.local.type);
      const name = this.localName(s.local);
      const x = this.value(s.value);
      this.line(`${name} = ${s.op === 'set' ? x : `${this.scalar(s.combine, s.local.type)}(${name}, ${x})`};`);
    }
  }

  /** Values used inside are computed in the innermost scope, each time that it runs. */
  private inner<T>(f: () => T): T {
    const before = this.base;
    this.base = this.scopes.length - 1;
    const result = f();
    this.base = before;
    return result;
  }

  /** The name (or literal) that stands for an expression's value here. */
  private value(e: Expr): string {
    if (e.op === 'const') return literal(e.value, e.type);
    if (e.op === 'index')
      return (
        this.axes.get(e.axis)?.name ??
        fail('reference device', `axis "${e.axis.name}" is used outside its loop`, 'put the expression inside')
      );
    if (e.op === 'local') return this.localName(e.local);
    let depth = this.base;
    for (const axis of axesOf(e)) depth = Math.max(depth, this.axes.get(axis)?.depth ?? 0);
    const known = this.scopes.slice(this.base).find(({ names }) => names.has(e));
    if (known) return known.names.get(e)!;
    // Set deeper scopes aside while the value is written where it belongs.
    const waiting = this.scopes.splice(depth + 1);
    const name = `t${this.count++}`;
    if (e.op === 'reduce') this.reduction(e, name);
    else this.line(`const ${name} = ${this.formula(e)};`);
    this.scopes[depth].names.set(e, name);
    this.scopes.push(...waiting);
    return name;
  }

  private formula(e: Extract<Expr, { op: 'load' | 'apply' }>): string {
    if (e.op === 'load')
      return this.decoded(`${this.regionName(e.from)}[${this.position(e.from, e.index)}]`, e.from.dtype);
    const args = e.args.map((x) => this.value(x));
    const from = e.args[0].type;
    if (e.f === 'select') return `${args[0]} ? ${args[1]} : ${args[2]}`;
    if (e.f === 'fma') return `${args[0]} * ${args[1]} + ${args[2]}`;
    if (e.f === 'convert') return `${this.use(`convert_${from}_${e.type}`, conversion(from, e.type))}(${args[0]})`;
    if (e.f === 'reinterpret')
      return `${this.use(`reinterpret_${from}_${e.type}`, reinterpretation(from, e.type))}(${args[0]})`;
    for (const x of e.args) this.sameType(`an operand of ${e.f}`, x.type, from);
    return `${this.scalar(e.f, from)}(${args.join(', ')})`;
  }

  private reduction(e: Extract<Expr, { op: 'reduce' }>, name: string): void {
    this.line(`let ${name} = ${literal(identityOf(e.combine, e.type), e.type)};`);
    const combine = this.scalar(e.combine, e.type);
    this.over(e.axes, () => {
      const x = this.value(e.body);
      this.line(`${name} = ${combine}(${name}, ${x});`);
    });
  }

  private position(region: Region, index: readonly Expr[]): string {
    if (index.length !== region.shape.length)
      fail(
        'reference device',
        `"${region.name}" has ${region.shape.length} axes, read with ${index.length} indices`,
        'give one an axis',
      );
    const strides = stridesOf(region.shape);
    return index.map((i, d) => `${this.value(i)} * ${strides[d]}`).join(' + ') || '0';
  }

  private decoded(element: string, dtype: DType): string {
    const half = stored[dtype];
    return half ? `${this.use(`decode_${dtype}`, half.decode)}(${element})` : element;
  }

  private scalar(f: Combine | Extract<Expr, { op: 'apply' }>['f'], type: ScalarType): string {
    const meaning = scalarFunction(f, type);
    return meaning
      ? this.use(`${f}_${type}`, meaning)
      : fail('reference device', `${f} has no meaning for ${type}`, 'convert the operands first');
  }

  private use(name: string, f: (a: number, b: number) => number): string {
    this.functions.set(name, f);
    return name;
  }

  private regionName(region: Region): string {
    return (
      this.regions.get(region) ??
      fail('reference device', `"${region.name}" is no operand, result or scratch`, 'take it from the arguments')
    );
  }

  private localName(local: Local): string {
    if (!this.locals.has(local)) this.locals.set(local, `v${this.locals.size}`);
    return this.locals.get(local)!;
  }

  private sameType(what: string, found: ScalarType, expected: ScalarType): void {
    if (found !== expected)
      throw new HornbeamError(`reference device: ${what} has type ${found}, not ${expected}\n  Fix: convert it`);
  }

  private line(text: string): void {
    this.scopes[this.scopes.length - 1].lines.push(text);
  }

  private block(open: string, body: () => void): void {
    this.scopes.push({ lines: [], names: new Map() });
    body();
    const { lines } = this.scopes.pop()!;
    this.scopes[this.scopes.length - 1].lines.push(open, ...lines, '}');
  }
}

function literal(value: number, type: ScalarType): string {
  const x = type === 'i32' ? value | 0 : type === 'u32' ? value >>> 0 : type === 'bool' ? +(value !== 0) : value;
  return Object.is(x, -0) ? '-0' : x < 0 ? `(${x})` : String(x);
}
