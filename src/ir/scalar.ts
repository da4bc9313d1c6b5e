export interface ScalarRule {
  /** Number of operands. */
  readonly arity: 1 | 2 | 3;
  /** `same`: the result has the operands' type; `bool`: a truth value; `named`: the expression's own type says. */
  readonly result: 'same' | 'bool' | 'named';
  /** The operands may change places. */
  readonly commutes?: true;
}
const unary = { arity: 1, result: 'same' } as const;
const binary = { arity: 2, result: 'same' } as const;
const compare = { arity: 2, result: 'bool' } as const;
const commutes = { commutes: true } as const;

/**
 * The scalar operations that every device translates; this table is all the arithmetic a device needs.
 * Integers wrap at 32 bits. `max` and `min` give NaN when an operand is NaN. `div` of integers truncates towards zero and
 * `rem` takes the dividend's sign; `floorDiv` and `floorMod` follow the divisor's. `round` sends halves to even.
 * `and or xor not` work on the bits of integers and on truth values. Shifts by 32 or more give 0 (`shiftRight` of a
 * signed value: its sign). `float16` and `bfloat16` give the nearest such number, halves to even. `logistic` is 1 / (1 + exp(-x)), `fma` a · b + c of floats, rounded once or twice.
 */
export const scalarOps = {
  add: { ...binary, ...commutes },
  sub: binary,
  mul: { ...binary, ...commutes },
  div: binary,
  rem: binary,
  floorDiv: binary,
  floorMod: binary,
  pow: binary,
  max: { ...binary, ...commutes },
  min: { ...binary, ...commutes },
  atan2: binary,
  nextAfter: binary,
  neg: unary,
  abs: unary,
  sign: unary,
  floor: unary,
  ceil: unary,
  trunc: unary,
  round: unary,
  float16: unary,
  bfloat16: unary,
  sqrt: unary,
  rsqrt: unary,
  exp: unary,
  expm1: unary,
  log: unary,
  log1p: unary,
  logistic: unary,
  sin: unary,
  cos: unary,
  tan: unary,
  asin: unary,
  acos: unary,
  atan: unary,
  sinh: unary,
  cosh: unary,
  tanh: unary,
  asinh: unary,
  acosh: unary,
  atanh: unary,
  erf: unary,
  erfinv: unary,
  lgamma: unary,
  digamma: unary,
  and: { ...binary, ...commutes },
  or: { ...binary, ...commutes },
  xor: { ...binary, ...commutes },
  not: unary,
  shiftLeft: binary,
  shiftRight: binary,
  shiftRightLogical: binary,
  eq: { ...compare, ...commutes },
  ne: { ...compare, ...commutes },
  lt: compare,
  le: compare,
  gt: compare,
  ge: compare,
  fma: { arity: 3, result: 'same' },
  select: { arity: 3, result: 'same' },
  convert: { arity: 1, result: 'named' },
  reinterpret: { arity: 1, result: 'named' },
} as const satisfies Record<string, ScalarRule>;

export type ScalarOp = keyof typeof scalarOps;
