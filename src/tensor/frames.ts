import { refusePromise } from '../base/errors.ts';
import { Tensor } from '../ir/tensor.ts';
import type { Variable } from './variable.ts';

/**
 * What an op does when called. `trace`: it records; variables are read as inputs of the program, and assignments change
 * what later reads see. `tape`: it computes at once and remembers how, for a gradient. `eager` (no frame): it computes.
 */
export type Frame = Trace | Tape | { readonly kind: 'eager' };

interface Tape {
  readonly kind: 'tape';
  /** Variables whose values have a history. */
  readonly assigned: Set<Variable>;
}

/** A computation on the host beside a program: before it, or after it if it needs the program's results. */
export interface HostCall {
  /** Maps concrete tensors to a concrete tensor. */
  readonly f: (inputs: readonly Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

/** A program being recorded, with the variables it touched. */
export class Trace {
  readonly kind = 'trace';
  /** Runs the body of an op, and keeps what was called: for an export. */
  declare note?: <A extends readonly unknown[], R>(name: string, body: (...args: A) => R, args: A) => R;
  /** For each variable, the input that stands for its initial value. */
  readonly initial = new Map<Variable, Tensor>();
  private readonly current = new Map<Variable, Tensor>();
  /** The host computations before the program, in order. */
  readonly before: HostCall[] = [];
  /** Computations that turn results of the program into strings. */
  readonly behind: HostCall[] = [];
  /** The values of inputs and host results in the run being recorded. */
  readonly given = new Map<Tensor, Tensor>();
  declare private readonly inline: boolean;
  declare private readonly outer: Trace | undefined;

  /**
   * `inline`: variables are read as their current values (or those in the enclosing trace), for immediate computation.
   */
  constructor({ inline = false, outer }: { readonly inline?: boolean; readonly outer?: Trace } = {}) {
    this.inline = inline;
    this.outer = outer;
  }

  read(variable: Variable): Tensor {
    const known = this.current.get(variable);
    if (known) return known;
    const { shape, dtype } = variable;
    const input = this.outer?.read(variable) ?? (this.inline ? variable.held : new Tensor({ shape, dtype }));
    this.initial.set(variable, input);
    this.current.set(variable, input);
    return input;
  }
  assign(variable: Variable, value: Tensor): void {
    // Its bytes receive the new value, so it is an input even if nothing reads it.
    if (!this.inline) this.read(variable);
    this.current.set(variable, value);
  }
  /**
   * What `f` gives and what it assigns to variables, which hold again what they held when it ends: `f` is a branch or the body
   * of a loop, and what it assigns is that of a sub-program. While it runs variables may hold other values.
   */
  apart<R>(
    f: () => R,
    held: ReadonlyMap<Variable, Tensor> = new Map(),
  ): { readonly given: R; readonly assigned: ReadonlyMap<Variable, Tensor> } {
    const before = new Map(this.current);
    const valueBefore = (variable: Variable): Tensor | undefined => before.get(variable) ?? this.initial.get(variable);
    for (const [variable, value] of held) this.assign(variable, value);
    const start = new Map(this.current);
    try {
      const given = f();
      const changed = ([variable, value]: readonly [Variable, Tensor]): boolean =>
        value !== (start.get(variable) ?? this.initial.get(variable));
      return { given, assigned: new Map([...this.current].filter(changed)) };
    } finally {
      for (const variable of [...this.current.keys()]) {
        const value = valueBefore(variable);
        if (value) this.current.set(variable, value);
        else this.current.delete(variable);
      }
    }
  }
  /** What the variables hold that were met so far. */
  get values(): ReadonlyMap<Variable, Tensor> {
    return new Map(this.current);
  }
  /** The variables assigned, and their last values. */
  get updates(): Map<Variable, Tensor> {
    return new Map([...this.current].filter(([variable, value]) => this.initial.get(variable) !== value));
  }
}

const stack: Frame[] = [];

export const currentFrame = (): Frame | undefined => stack[stack.length - 1];
export function currentTrace(): Trace | undefined {
  const frame = currentFrame();
  return frame?.kind === 'trace' ? frame : undefined;
}
/** Runs `f`. A program that is recorded to be exported keeps what `f` gave under a name, with the parts that say how. */
export function noted<R>(name: string, parts: () => object, f: () => R): R {
  const trace = currentTrace();
  return trace?.note ? trace.note(name, (_: object) => f(), [parts()]) : f();
}
export const isRecordingTape = (): boolean => currentTape() !== undefined;

/** The current tape, to record that a variable was given a value with a history. */
export function currentTape(): Tape | undefined {
  const frame = currentFrame();
  return frame?.kind === 'tape' ? frame : undefined;
}
/**
 * Runs `f` so that its result can be differentiated: on the tape, unless a program is being recorded. Variables
 * assigned in it lose their history when the outermost tape ends; otherwise each step's computation would stay alive
 * into the next.
 */
export function withHistory<R>(f: () => R): R {
  if (currentTrace()) return f();
  const outer = currentTape();
  if (outer) return inFrame(outer, f);
  const tape: Tape = { kind: 'tape', assigned: new Set() };
  try {
    return inFrame(tape, f);
  } finally {
    for (const variable of tape.assigned) variable.held = bare(variable.held);
  }
}
/** A concrete tensor, detached from its equations. */
export const bare = (t: Tensor): Tensor => (t.equation && t.storage ? new Tensor(t, { storage: t.storage }) : t);

/** Runs `f` in the given frame. */
export function inFrame<R>(frame: Frame, f: () => R): R {
  stack.push(frame);
  try {
    const result = f();
    if (result instanceof Promise)
      refusePromise('a compiled or symbolic computation', 'its function gave a promise', result);
    return result;
  } finally {
    stack.pop();
  }
}

/** Computes immediately, even while a program is being recorded: for initial values. */
export const outsideOfTraces = <R>(f: () => R): R => inFrame({ kind: 'eager' }, f);
