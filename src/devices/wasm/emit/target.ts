import type { LinearTarget } from '../../../codegen/linear/ir.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import {
  type Callable,
  type FunctionBuilder,
  Global,
  Local,
  type ModuleBuilder,
  type Operand,
  type ValueType,
} from '../encoder/index.ts';
import { features } from '../features.ts';

/** Where instructions go. */
export interface Target {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  /** The host's function for a f64 operation that has no instruction. */
  hostFunction(name: ScalarOp): Callable;
  /** The module's function of f32 vectors that an operation is. */
  vectorFunction(name: ScalarOp): Callable;
}

/** Vectors of WebAssembly. */
export const machine = (): LinearTarget => ({ lanes: 4, fused: features().fused, instructions: new Set() });

/** An operand that may be pushed more than once. */
export function hold(f: FunctionBuilder, x: Operand, type: ValueType): Operand {
  return typeof x === 'number' || x instanceof Local || x instanceof Global ? x : f.let(type, x);
}
