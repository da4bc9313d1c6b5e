import type { Expr, Scalar, ScalarType } from '../ir/expr.ts';
import type { ScalarOp } from '../ir/scalar.ts';

/** Builds expressions from operations that have an instruction or a function. */
export interface Builder {
  op(f: ScalarOp, ...operands: Scalar[]): Expr;
  convert(x: Expr, type: ScalarType): Expr;
  reinterpret(x: Expr, type: ScalarType): Expr;
}
