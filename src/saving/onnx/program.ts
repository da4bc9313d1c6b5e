import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sameShape, sizeOf } from '../../base/shape.ts';
import { closeProgram, makeProgram, type Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import { compiled, run } from '../../runtime/execute.ts';
import { download } from '../../runtime/storage.ts';
import { leavesIn } from '../../tensor/index.ts';
import { type Constant, Emitter, Refusal, refuse, type Value } from './emitter.ts';
import { plain, type Size } from './layout.ts';
import { contractionTable } from './lower/contraction.ts';
import { controlTable } from './lower/control.ts';
import { elementwiseTable } from './lower/elementwise.ts';
import { indexingTable } from './lower/indexing.ts';
import { movementTable } from './lower/movement.ts';
import { noteTable } from './lower/ops.ts';
import { reductionTable } from './lower/reductions.ts';
import { windowTable } from './lower/windows.ts';
import type { Note, Recordings } from './recordings.ts';
import { addForm } from './values.ts';
import { type Lower, type LowerNote, Work } from './work.ts';

/** How each primitive is written as nodes of ONNX. */
export const table: Readonly<Record<string, Lower>> = {
  ...elementwiseTable,
  ...movementTable,
  ...reductionTable,
  ...contractionTable,
  ...windowTable,
  ...indexingTable,
};

/** The same tensor in every recording. */
type Twins = readonly Tensor[];
/** A piece of work: an equation, or the call of an op for which ONNX has an operator. */
type Step = { readonly outputs: readonly Tensor[] } & (
  | { readonly equations: readonly Equation[] }
  | { readonly notes: readonly Note[]; readonly lower: LowerNote }
);
/** Constants up to this size are computed in advance, even if they are larger than their inputs. */
const small = 65_536;

/** Writes recorded programs as a graph. */
export class ProgramWriter {
  readonly e: Emitter;
  readonly #recordings: Recordings;
  readonly #root: string;
  readonly #twins = new Map<Tensor, Twins>();
  readonly #isConstant = new Map<Tensor, boolean>();
  readonly #poisoned = new Set<Tensor>();
  /** What cannot be written, with place and reason. */
  readonly problems = new Set<string>();

  /** `root`: the model's name, which all recorded paths begin with. */
  constructor(recordings: Recordings, opset: number, root: string) {
    this.#root = root;
    this.#recordings = recordings;
    this.e = new Emitter(opset, recordings.all.length);
  }
  get #trace() {
    return this.#recordings.all[0].trace;
  }
  /** Declares a tensor of the program under a name. */
  declare(twins: Twins, value: Value): void {
    this.#twins.set(twins[0], twins);
    this.e.scope.values.set(twins[0], value);
    this.#isConstant.set(twins[0], false);
  }
  /** Declares the inputs of the program under their names. */
  declareInputs(names: readonly string[]): void {
    const { all } = this.#recordings;
    all[0].inputs.forEach((t, n) => {
      const twins = all.map(({ inputs }) => inputs[n]);
      this.#twins.set(t, twins);
      const value: Value = { dtype: t.dtype, sizes: this.sizesOf(t), forms: [] };
      addForm(this.e, value, names[n], plain(value.sizes));
      this.declare(twins, value);
    });
  }
  sizesOf(t: Tensor): Size[] {
    const twins = this.#twins.get(t)!;
    return t.shape.map((_, d) => twins.map((twin) => twin.shape[d]));
  }

  /** Writes what leads to the outputs, and returns these. */
  write(outputs: readonly Twins[], inputs: ReadonlySet<Tensor> = new Set()): Value[] {
    const steps = this.#stepsTo(outputs, inputs);
    for (const step of steps) this.#writeStep(step);
    return outputs.map(([t]) => this.#valueOf(t));
  }
  #valueOf(t: Tensor): Value {
    return this.e.found(({ values }) => values.get(t)) ?? { dtype: t.dtype, sizes: this.sizesOf(t), forms: [] };
  }

  /** The steps to write, in order of dependency. */
  #stepsTo(outputs: readonly Twins[], inputs: ReadonlySet<Tensor>): Step[] {
    const done = new Set<Tensor>();
    const steps: Step[] = [];
    const way: { readonly step: Step | undefined; readonly needs: readonly Twins[]; next: number }[] = [];
    const constants: Tensor[] = [];
    const enter = (twins: Twins): void => {
      const [t] = twins;
      if (done.has(t)) return;
      done.add(t);
      if (!this.#twins.has(t)) this.#twins.set(t, twins);
      if (inputs.has(t) || this.e.found(({ values }) => values.get(t))) return;
      if (this.#isWorthComputing(t)) {
        constants.push(t);
        return;
      }
      const step = this.#stepOf(twins);
      if (!step) {
        constants.push(t);
        return;
      }
      for (const y of step.step.outputs) done.add(y);
      way.push({ ...step, next: 0 });
    };
    for (const output of outputs) {
      enter(output);
      for (let last = way.at(-1); last; last = way.at(-1)) {
        if (last.next < last.needs.length) enter(last.needs[last.next++]);
        else steps.push(way.pop()!.step!);
      }
    }
    this.#declareConstants(constants);
    return steps;
  }
  #stepOf(twins: Twins): { step: Step; needs: Twins[] } | undefined {
    const [t] = twins;
    const all = this.#recordings.all.map(({ trace }, r) => trace.notesOf(twins[r]));
    for (let k = all[0].length - 1; k >= 0; k--) {
      const notes = all.map((list) => list[k]);
      if (notes.some((note) => note?.name !== notes[0].name)) break;
      const lower = noteTable[notes[0].name];
      if (!lower?.takes(notes[0].args, (x) => this.isConstant(x), this.e.opset)) continue;
      const outputs = notes[0].results;
      outputs.forEach((y, n) =>
        this.#twins.set(
          y,
          notes.map((note) => note.results[n]),
        ),
      );
      const leaves = notes.map((note) => leavesIn(note.args));
      const needs = leaves[0].map((_, n) => leaves.map((list) => list[n]));
      return { step: { outputs, notes, lower }, needs };
    }
    const equations = twins.map((twin) => twin.equation);
    if (!t.equation) return undefined;
    if (
      equations.some(
        (other) => other?.rule.name !== t.equation!.rule.name || other.inputs.length !== t.equation!.inputs.length,
      )
    )
      return refuseAt(this.#whereIs(t), 'which operations run depends on an open size');
    const same = equations as Equation[];
    const { outputs } = t.equation;
    outputs.forEach((y, n) =>
      this.#twins.set(
        y,
        same.map((eq) => eq.outputs[n]),
      ),
    );
    const needs = t.equation.inputs.map((_, n) => same.map((eq) => eq.inputs[n]));
    return { step: { outputs, equations: same }, needs };
  }

  #writeStep(step: Step): void {
    const { e } = this;
    const [t] = step.outputs;
    const path = this.#within('notes' in step ? step.notes[0].path : pathOf(t));
    const needs = 'notes' in step ? leavesIn(step.notes[0].args) : step.equations[0].inputs;
    if (needs.some((x) => this.#poisoned.has(x))) {
      for (const y of step.outputs) this.#poisoned.add(y);
      return;
    }
    e.path = path;
    try {
      const inputs = needs.map((x) => this.#valueOf(x));
      const results = step.outputs.map((y) => ({ dtype: y.dtype, sizes: this.sizesOf(y) }));
      const values =
        'notes' in step
          ? step.lower.write(
              new Work(
                e,
                inputs,
                step.notes.map(({ args }) => args),
                results,
              ),
            )
          : this.#lowerEquation(step.equations, inputs, results);
      [values].flat().forEach((value, k) => e.scope.values.set(step.outputs[k], value as Value));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const name = 'notes' in step ? step.notes[0].name : step.equations[0].rule.name;
      this.problems.add(`${path.join('/') || 'the model itself'}: ${name}: ${error.problem}`);
      for (const y of step.outputs) this.#poisoned.add(y);
    }
  }
  #lowerEquation(equations: readonly Equation[], inputs: readonly Value[], results: Work['results']) {
    const [{ rule }] = equations;
    const work = new Work(
      this.e,
      inputs,
      equations.map(({ attrs }) => attrs),
      results,
    );
    const control = controlTable[rule.name];
    if (control) return control(work, (programs, given) => this.#writeProgram(programs, given));
    return (table[rule.name] ?? noOperator)(work);
  }
  #writeProgram(programs: readonly Program[], given: readonly Value[]): readonly Value[] {
    const { e } = this;
    const outer = e.scope;
    // Its tensors stand for different arrays in each iteration, so knowledge about them is kept apart, but nodes are
    // shared.
    e.scope = { ...e.newScope(outer), nodes: outer.nodes };
    try {
      const [{ inputs, outputs }] = programs;
      inputs.forEach((_, n) =>
        this.declare(
          programs.map((p) => p.inputs[n]),
          given[n],
        ),
      );
      const values = this.write(
        outputs.map((_, n) => programs.map((p) => p.outputs[n])),
        new Set(inputs),
      );
      const here = e.scope;
      const lift = (value: Value): Value => ({
        ...value,
        forms: value.forms.map((form) => (form.scope === here ? { ...form, scope: outer } : form)),
        spread: value.spread && { ...value.spread, source: lift(value.spread.source) },
      });
      return values.map(lift);
    } finally {
      e.scope = outer;
    }
  }
  #within(path: readonly string[]): readonly string[] {
    return path[0] === this.#root ? path.slice(1) : path;
  }
  #whereIs(t: Tensor): string {
    return this.#within(pathOf(t)).join('/') || 'the model itself';
  }

  /** Whether a tensor depends on weights and constants only. */
  isConstant(t: Tensor): boolean {
    const known = this.#isConstant.get(t);
    if (known !== undefined) return known;
    const { equation } = t;
    const result = equation
      ? equation.inputs.every((x) => this.isConstant(x))
      : t.storage !== undefined || this.#trace.variableOf(t) !== undefined;
    this.#isConstant.set(t, result);
    return result;
  }
  /** Computes constants that are no larger than their inputs. */
  #isWorthComputing(t: Tensor): boolean {
    const { equation } = t;
    if (!equation || !this.isConstant(t)) return false;
    const { name, kind } = equation.rule;
    if (['full', 'broadcast', 'reshape', 'transpose'].includes(name) || kind === 'control') return false;
    if (this.sizesOf(t).some((size) => size.some((n) => n !== size[0]))) return false;
    const { all } = this.#recordings;
    if (all.length > 1 && !this.#isAlike(this.#twins.get(t)!)) return false;
    const bytes = bytesOf(t);
    return bytes <= small || bytes <= this.#basesOf(t).reduce((n, x) => n + bytesOf(x), 0);
  }
  /** Whether a constant does not depend on unknown sizes. */
  #isAlike(twins: Twins): boolean {
    const pending: Twins[] = [twins];
    while (pending.length > 0) {
      const now = pending.pop()!;
      if (now.some((t) => !sameShape(t.shape, now[0].shape))) return false;
      const equations = now.map((t) => t.equation);
      if (!equations[0]) continue;
      if (equations.some((eq) => eq?.rule !== equations[0]!.rule || !sameAttrs(eq.attrs, equations[0]!.attrs)))
        return false;
      equations[0].inputs.forEach((_, n) => pending.push(equations.map((eq) => eq!.inputs[n])));
    }
    return true;
  }
  /** The weights and concrete arrays behind a constant. */
  #basesOf(t: Tensor): Tensor[] {
    const found = new Set<Tensor>();
    const pending = [t];
    while (pending.length > 0) {
      const x = pending.pop()!;
      if (!x.equation || x.storage) found.add(x);
      else pending.push(...x.equation.inputs);
    }
    return [...found];
  }
  /** Records constants; their elements are computed together when the first is needed. */
  #declareConstants(list: readonly Tensor[]): void {
    const { trace } = this.#recordings.all[0];
    for (const t of list) {
      const variable = trace.variableOf(t);
      const twins = this.#twins.get(t)!;
      if (!variable && !t.equation && !t.storage) {
        // Reports a computation on the host, with its place.
        this.#poisoned.add(t);
        continue;
      }
      if (twins.some((twin) => !sameShape(twin.shape, t.shape))) {
        this.problems.add(`${this.#whereIs(t)}: a constant array has an open size`);
        this.#poisoned.add(t);
        continue;
      }
      const names = this.#basesOf(t).flatMap((x) => trace.variableOf(x)?.path ?? []);
      const constant: Constant = {
        name: names.length === 1 ? names[0] : [...this.#within(pathOf(t)), 'constant'].join('/'),
        data: () => inFile(t.dtype, this.#elements.get(t)!),
        layout: plain(this.sizesOf(t)),
        made: new Map(),
      };
      this.#constants.add(t);
      this.e.scope.values.set(t, { dtype: t.dtype, sizes: this.sizesOf(t), forms: [], constant });
    }
  }
  readonly #constants = new Set<Tensor>();
  readonly #elements = new Map<Tensor, TypedArray>();
  /** Reads weights, and computes what depends on them only. */
  async compute(): Promise<void> {
    const { trace } = this.#recordings.all[0];
    const isMade = (t: Tensor): boolean => t.equation !== undefined && !t.storage;
    const made = [...this.#constants].filter(isMade);
    const found = new Map<Tensor, TypedArray | Promise<TypedArray>>();
    for (const t of this.#constants) if (!isMade(t)) found.set(t, download(trace.variableOf(t)?.held ?? t));
    if (made.length > 0) {
      const { program, captured } = closeProgram(makeProgram('constants', [], made));
      const values = run(
        compiled(program),
        captured.map((t) => trace.variableOf(t)?.held ?? t),
      );
      made.forEach((t, k) => found.set(t, download(values[k]!)));
    }
    for (const [t, data] of found) this.#elements.set(t, await data);
  }
}
const inFile = (dtype: Tensor['dtype'], data: TypedArray): TypedArray =>
  dtype === 'bfloat16' ? new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer) : data;
/** The names of the layers within which a tensor was recorded. */
const pathOf = ({ equation }: Tensor): readonly string[] => equation?.scope?.path.split('/') ?? [];
const bytesOf = (t: Tensor): number => dtypeInfo[t.dtype].bytes * sizeOf(t.shape);
const sameAttrs = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const noOperator: Lower = () => refuse('ONNX has no operator for it');
const refuseAt = (where: string, problem: string): never => refuse(`${where}: ${problem}`);
