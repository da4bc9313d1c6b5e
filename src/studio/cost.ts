import { totals } from '../compiler/check/explain.ts';
import { compile } from '../compiler/compile.ts';
import type { Target } from '../compiler/plan.ts';
import { threadsTarget } from '../compiler/threads-target.ts';
import { KerasTensor, mapTensors, replay, Tensor, trace } from '../tensor/index.ts';
import type { NodeCall } from '../visualize/node-calls.ts';

/** A target that is used for counting only. */
const target: Target = threadsTarget(1, () => true);

/**
 * Floating-point operations of a call for one sample, as counted by the compiler; undefined if sizes other than the
 * batch's are unknown.
 */
export function flopsOf({ operation, call }: NodeCall): number | undefined {
  if (!call || call.inputs.some((t) => t.dtype === 'string' || t.symbolicShape.slice(1).includes(null)))
    return undefined;
  const sized = (t: unknown): unknown =>
    t instanceof KerasTensor ? new Tensor({ shape: t.symbolicShape.map((n) => n ?? 1), dtype: t.dtype }) : t;
  try {
    const { program } = trace(
      'flops',
      (...args: unknown[]) => operation[replay](args),
      mapTensors(call.args, sized) as unknown[],
    );
    return totals(compile(program, target).steps).flops;
  } catch {
    return undefined; // what needs numbers cannot be counted
  }
}
