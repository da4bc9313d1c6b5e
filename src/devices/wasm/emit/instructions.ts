import type { Operation } from '../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Plain } from '../encoder/index.ts';

type Names = Partial<Record<ScalarType, Plain>>;
/**
 * How types without an instruction are handled. `expanded`: the operation was expressed through others
 * (`codegen/expansions.ts`); `function`: f32 uses a function of vectors, f64 one of the host; `host`: only f64, by a
 * function of the host; `sequence`: several instructions, chosen where they are written.
 */
type Otherwise = 'expanded' | 'function' | 'host' | 'sequence';
type Way = readonly [scalars: Names, lanes: Names, otherwise: Otherwise];

const floats = (name: string): Names => ({ f32: `f32.${name}` as Plain, f64: `f64.${name}` as Plain });
const ints = (signed: string, unsigned = signed): Names => ({
  i32: `i32.${signed}` as Plain,
  u32: `i32.${unsigned}` as Plain,
});
const bits = (name: string): Names => ({ ...ints(name), bool: `i32.${name}` as Plain });
const order = (name: string): Names => ({ ...floats(name), ...ints(`${name}_s`, `${name}_u`) });
const same = (name: string): Names => ({ ...floats(name), ...ints(name) });

const floatLanes = (name: string): Names => ({ f32: `f32x4.${name}` as Plain });
const intLanes = (signed: string, unsigned = signed): Names => ({
  i32: `i32x4.${signed}` as Plain,
  u32: `i32x4.${unsigned}` as Plain,
});
const bitLanes = (name: string): Names => {
  const instruction = `v128.${name}` as Plain;
  return { i32: instruction, u32: instruction, bool: instruction };
};
const orderLanes = (name: string): Names => ({ ...floatLanes(name), ...intLanes(`${name}_s`, `${name}_u`) });
const sameLanes = (name: string): Names => ({ ...floatLanes(name), ...intLanes(name) });

const everywhere = (name: string) => [same(name), sameLanes(name), 'expanded'] as const;
const compared = (name: string) => [order(name), orderLanes(name), 'expanded'] as const;
const onFloats = (name: string) => [floats(name), floatLanes(name), 'expanded'] as const;
const onBits = (name: string) => [bits(name), bitLanes(name), 'expanded'] as const;
const expanded = [{}, {}, 'expanded'] as const;
const aFunction = [{}, {}, 'function'] as const;
const sequence = [{}, {}, 'sequence'] as const;

/** How WebAssembly does each scalar operation: its one instruction on scalars and on vectors of four, by type. */
export const instructions = {
  add: everywhere('add'),
  sub: everywhere('sub'),
  mul: everywhere('mul'),
  div: [floats('div'), floatLanes('div'), 'sequence'],
  max: [floats('max'), orderLanes('max'), 'sequence'],
  min: [floats('min'), orderLanes('min'), 'sequence'],
  rem: aFunction,
  floorDiv: sequence,
  floorMod: sequence,
  pow: aFunction,
  atan2: aFunction,
  nextAfter: [{}, {}, 'host'],
  neg: onFloats('neg'),
  abs: onFloats('abs'),
  sign: expanded,
  floor: onFloats('floor'),
  ceil: onFloats('ceil'),
  trunc: onFloats('trunc'),
  round: onFloats('nearest'),
  float16: expanded,
  bfloat16: expanded,
  sqrt: onFloats('sqrt'),
  rsqrt: expanded,
  exp: aFunction,
  expm1: aFunction,
  log: aFunction,
  log1p: aFunction,
  logistic: aFunction,
  sin: aFunction,
  cos: aFunction,
  tan: aFunction,
  asin: aFunction,
  acos: aFunction,
  atan: aFunction,
  sinh: aFunction,
  cosh: aFunction,
  tanh: aFunction,
  asinh: aFunction,
  acosh: aFunction,
  atanh: aFunction,
  erf: aFunction,
  erfinv: aFunction,
  lgamma: aFunction,
  digamma: aFunction,
  and: onBits('and'),
  or: onBits('or'),
  xor: onBits('xor'),
  not: [{}, bitLanes('not'), 'sequence'],
  shiftLeft: [ints('shl'), {}, 'sequence'],
  shiftRight: [ints('shr_s'), {}, 'sequence'],
  shiftRightLogical: [ints('shr_u'), {}, 'sequence'],
  eq: everywhere('eq'),
  ne: everywhere('ne'),
  lt: compared('lt'),
  le: compared('le'),
  gt: compared('gt'),
  ge: compared('ge'),
  fma: sequence,
  select: sequence,
  convert: sequence,
  reinterpret: sequence,
  lower: [{}, { f32: 'f32x4.pmin' }, 'expanded'],
  upper: [{}, { f32: 'f32x4.pmax' }, 'expanded'],
} as const satisfies Record<Operation, Way>;

/** Operations that are functions of f32 vectors. */
export type FunctionOp = {
  [F in ScalarOp]: (typeof instructions)[F][2] extends 'function' ? F : never;
}[ScalarOp];

export const scalarInstruction = (f: Operation, type: ScalarType): Plain | undefined =>
  (instructions[f] as Way)[0][type];
export const laneInstruction = (f: Operation, type: ScalarType): Plain | undefined => (instructions[f] as Way)[1][type];
export const isFunction = (f: ScalarOp): f is FunctionOp => (instructions[f] as Way)[2] === 'function';
export const isOfHost = (f: ScalarOp): boolean => isFunction(f) || (instructions[f] as Way)[2] === 'host';
