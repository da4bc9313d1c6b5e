import { floatx } from '../base/config.ts';
import { type DType, dtypeInfo, isInexact } from '../base/dtype.ts';

/**
 * A participant in type promotion: a dtype, a 64-bit name, or a plain number (`int` if it has no fraction), which is
 * weak.
 */
export type Promotable = DType | 'int64' | 'uint64' | 'int' | 'float';
type Node = Promotable;

// JAX's lattice: edges lead to the next wider type. 64-bit integers are intermediate and end up as 32-bit ones.
const wider: Readonly<Record<Node, readonly Node[]>> = {
  bool: ['int'],
  int: ['uint8', 'int8'],
  uint8: ['uint16', 'int16'],
  uint16: ['uint32', 'int32'],
  uint32: ['int64', 'uint64'],
  uint64: ['float'],
  int8: ['int16'],
  int16: ['int32'],
  int32: ['int64'],
  int64: ['float'],
  float: ['float16', 'bfloat16'],
  float16: ['float32'],
  bfloat16: ['float32'],
  float32: ['float64', 'complex64'],
  // The only complex type also absorbs double precision.
  float64: ['complex64'],
  complex64: [],
  // Strings only combine with strings.
  string: [],
};
const above = new Map<Node, ReadonlySet<Node>>();
function upward(from: Node): ReadonlySet<Node> {
  const known = above.get(from);
  if (known) return known;
  const found = new Set<Node>([from, ...wider[from].flatMap((next) => [...upward(next)])]);
  above.set(from, found);
  return found;
}

const join = (a: Node, b: Node): Node => {
  const common = [...upward(a)].filter((n) => upward(b).has(n));
  return common.find((n) => common.every((other) => upward(n).has(other)))!;
};

/** The common dtype of operands: JAX's lattice without 64-bit integers; weak numbers alone become int32 or floatx. */
export function resultType(...operands: readonly Promotable[]): DType {
  if (operands.length === 0) return floatx();
  const found = operands.reduce<Node>(join, operands[0]);
  const isHalf = dtypeInfo[floatx()].bytes === 2;
  if (found === 'int') return isHalf ? 'int16' : 'int32';
  if (found === 'float') return isHalf ? 'float16' : floatx();
  return found === 'int64' ? 'int32' : found === 'uint64' ? 'uint32' : found;
}

/** A float or complex type stays, everything else becomes floatx. */
export const floatType = (dtype: DType): DType => (isInexact(dtype) ? dtype : floatx());
/** The float type of sizes and distances. */
export const realType = (dtype: DType): DType => (dtype === 'complex64' ? 'float32' : floatType(dtype));
