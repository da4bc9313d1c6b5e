import type { Axis, Expr, Local, Region } from '../../../ir/expr.ts';
import type { Dispatch, EmitContext } from '../dispatch.ts';
import { spread } from '../dispatch.ts';
import { Bindings, elementType } from '../emit/bindings.ts';
import { Expressions, type Writer } from '../emit/expression.ts';
import { helperText } from '../emit/functions.ts';

/** How a finished kernel is run, and what is declared before it. */
export interface KernelShape {
  /** Invocations per workgroup. */
  readonly threads: number;
  /** Number of workgroups; the kernel finds its own in `group`. */
  readonly groups: number;
  /** Module-level declarations: workgroup memory, functions. */
  readonly declarations?: readonly string[];
  readonly subgroups?: boolean;
}

/** The text of a hand-written kernel under construction; expressions of the IR can be inserted. */
export class KernelText implements Writer {
  readonly context: EmitContext;
  readonly bindings: Bindings;
  private readonly needed = new Set<string>();
  private lines: string[] = [];
  private readonly names = new Map<Axis | Local, string>();
  /** Arrays that are bound as vectors of 4, by place. */
  private readonly wide = new Map<unknown, Region>();
  private depth = 1;
  private count = 0;

  constructor(context: EmitContext) {
    this.context = context;
    this.bindings = new Bindings(context);
  }

  line(text: string): void {
    if (text.startsWith('}')) this.depth--;
    this.lines.push('  '.repeat(this.depth) + text);
    if (text.endsWith('{')) this.depth++;
  }
  /** The lines that `write` adds, kept apart, e.g. for the body of a function. */
  part(write: () => void): string[] {
    const [lines, depth] = [this.lines, this.depth];
    [this.lines, this.depth] = [[], 1];
    write();
    const own = this.lines;
    [this.lines, this.depth] = [lines, depth];
    return own;
  }
  fresh(stem: string): string {
    return `${stem}_${this.count++}`;
  }
  need(helper: string): void {
    this.needed.add(helper);
  }
  nameOfAxis(axis: Axis): string {
    return this.nameOf(axis, 'i');
  }
  nameOfLocal(local: Local): string {
    return this.nameOf(local, 'x');
  }
  /** Names an axis or local that the kernel itself computes. */
  call(thing: Axis | Local, name: string): void {
    this.names.set(thing, name);
  }
  private nameOf(thing: Axis | Local, stem: string): string {
    let name = this.names.get(thing);
    if (!name) this.names.set(thing, (name = this.fresh(stem)));
    return name;
  }

  /** Binds a region as vectors of four: single elements can still be read, but not written. */
  bindWide(region: Region): void {
    this.wide.set(this.context.placeOf(region), region);
    this.bindings.read(region, 4);
  }
  isWide(region: Region): boolean {
    return this.wide.has(this.context.placeOf(region));
  }

  /** An element in its stored type. */
  element(from: Region, position: string): string {
    if (!this.isWide(from)) return `${this.bindings.read(from)}[${position}]`;
    const at = this.fresh('at');
    this.line(`let ${at} = u32(${position});`);
    return `${this.bindings.read(from, 4)}[${at} >> 2u][${at} & 3u]`;
  }
  load(from: Region, position: string): string {
    const element = this.element(from, position);
    if (from.dtype === 'bool') return `(${element} != 0u)`;
    return elementType(from.dtype, this.context.gpu) === 'f16' ? `f32(${element})` : element;
  }
  /** Stores a value of the region's compute type. */
  store(to: Region, position: string, value: string): void {
    this.line(`${this.bindings.write(to)}[${position}] = ${this.stored(to, value)};`);
  }
  private stored({ dtype }: Region, value: string): string {
    if (dtype === 'bool') return `select(0u, 1u, ${value})`;
    if (dtype === 'int8' || dtype === 'int16') {
      const shift = dtype === 'int8' ? 24 : 16;
      return `((${value}) << ${shift}u) >> ${shift}u`;
    }
    if (dtype === 'uint8') return `(${value}) & 0xffu`;
    if (dtype === 'uint16') return `(${value}) & 0xffffu`;
    if (dtype !== 'bfloat16' && dtype !== 'float16') return value;
    if (elementType(dtype, this.context.gpu) === 'f16') return `f16(${value})`;
    const rounded = `${dtype}_f32` as const;
    this.need(rounded);
    return `${rounded}(${value})`;
  }
  /** The values of expressions that share nodes. */
  values(...roots: readonly Expr[]): string[] {
    return new Expressions(this).value(...roots);
  }

  /** The finished kernel; `group` is declared before its body. */
  dispatch(name: string, { threads, groups, declarations = [], subgroups = false }: KernelShape): Dispatch {
    const workgroups = spread(groups, this.context.gpu);
    const bound = this.bindings.declarations;
    const halves =
      bound.includes('f16') ||
      this.lines.some((x) => x.includes('f16')) ||
      declarations.some((x) => x.includes('f16('));
    const isRagged = workgroups[0] * workgroups[1] !== groups;
    const code = [
      ...(halves && this.context.gpu.f16 ? ['enable f16;'] : []),
      ...(subgroups ? ['enable subgroups;'] : []),
      bound,
      ...declarations,
      helperText(this.needed),
      `@compute @workgroup_size(${threads}, 1, 1)`,
      `fn main(@builtin(workgroup_id) group3: vec3<u32>, @builtin(local_invocation_index) lane: u32) {`,
      workgroups[1] === 1 ? '  let group = group3.x;' : `  let group = group3.x + group3.y * ${workgroups[0]}u;`,
      ...(isRagged ? [`  if (group >= ${groups}u) { return; }`] : []),
      ...this.lines,
      '}',
      '',
    ].join('\n');
    return { name, code, bindings: this.bindings.list, workgroups };
  }
}

/** Whether one kernel may bind every array that a step touches. */
export function fitsBindings(
  { reads, writes }: { readonly reads: readonly Region[]; readonly writes: readonly Region[] },
  { gpu, placeOf }: EmitContext,
): boolean {
  return new Set([...reads, ...writes].map(placeOf)).size <= gpu.bindings;
}
