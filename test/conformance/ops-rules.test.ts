import { describe, expect, test } from 'vitest';
import { floatx, setFloatx } from '../../src/base/config.ts';
import { asDType, type DType } from '../../src/base/dtype.ts';
import { HornbeamError } from '../../src/base/errors.ts';
import { type Promotable, resultType } from '../../src/ops/promotion.ts';
import { KerasTensor, Tensor, tensor } from '../../src/tensor/index.ts';
import { bodies } from './op-bodies.ts';
import { callArguments, exported } from './op-calls.ts';
import { decodeValue, flat, type Json, readCases } from './op-values.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly public: string;
  readonly args: readonly Json[];
  readonly kwargs: Readonly<Record<string, Json>>;
}
const call = (c: Case): unknown =>
  exported(c.public)!(
    ...callArguments(
      c.public,
      c.args.map((x) => decodeValue(x, bodies)),
      decodeValue(c.kwargs, bodies) as Record<string, unknown>,
    ),
  );
const families = ['ops_core', 'ops_image', 'ops_linalg', 'ops_math', 'ops_nn', 'ops_numpy'];
test('every op of the cases is exported: no case filters itself away', () => {
  const lost = [...families, 'ops_symbolic', 'op_errors', 'op_dtypes'].flatMap((name) =>
    readCases<Case>(name).flatMap((c) => (exported(c.public) ? [] : [`${name} ${c.id}: ${c.public}`])),
  );
  expect(lost).toEqual([]);
});

interface SymbolicCase extends Case {
  readonly output_shapes: readonly (readonly (number | null)[])[];
  readonly output_dtypes: readonly string[];
  readonly differs_from_eager?: boolean;
}
const expectedDtypes = (c: SymbolicCase): string[] => c.output_dtypes.map((d) => asDType(d));
describe('ops_symbolic', () => {
  const cases = readCases<SymbolicCase>('ops_symbolic');
  for (const name of new Set(cases.map((c) => c.public)))
    test(`${name} infers the shapes and dtypes that Keras infers`, async () => {
      const problems: string[] = [];
      for (const c of cases) {
        if (c.public !== name || c.differs_from_eager) continue;
        const show = (list: readonly unknown[]): string => JSON.stringify(list);
        try {
          const found = flat(await call(c)) as KerasTensor[];
          const shapes = show(found.map((y) => y.shape));
          const dtypes = show(found.map((y) => y.dtype));
          if (shapes !== show(c.output_shapes))
            problems.push(`${c.id}: shapes ${shapes}, not ${show(c.output_shapes)}`);
          if (dtypes !== show(expectedDtypes(c)))
            problems.push(`${c.id}: dtypes ${dtypes}, not ${show(expectedDtypes(c))}`);
          if (found.some((y) => !(y instanceof KerasTensor))) problems.push(`${c.id}: not symbolic`);
        } catch (error) {
          problems.push(
            `${c.id}: ${String((error as Error).stack)
              .split('\n')
              .slice(0, 5)
              .join('\n')}`,
          );
        }
      }
      expect(problems.join('\n')).toBe('');
    });
});

describe('op_errors', () => {
  for (const c of readCases<Case & { error_message: string }>('op_errors'))
    test(`${c.id} fails and says why`, async () => {
      let message = '';
      try {
        const found = await call(c);
        message = `gave ${String(found)} where Keras says: ${c.error_message}`;
      } catch (error) {
        if (error instanceof HornbeamError) return expect(error.message).toMatch(/: .+\n {2}Fix: /);
        message = String((error as Error).stack);
      }
      expect(message).toBe('');
    });
});

interface DTypeCase extends Case {
  readonly columns: readonly string[];
  /** The operands' dtypes, then the result's, computed and inferred; null where Keras refuses. */
  readonly rows: readonly (readonly (string | null)[])[];
}
const nine = [0, 1, 0, 1, 1, 0, 0, 0, 1];
/** An operand of a row of the dtype tables. */
function operandOf(dtype: string, isVector: boolean): unknown {
  if (dtype === 'py_int') return 2;
  if (dtype === 'py_float') return 2.5;
  return isVector
    ? tensor([0, 1, 1], { dtype: dtype as DType })
    : tensor(nine, { dtype: dtype as DType, shape: [3, 3] });
}
const vectors = ['ops.searchsorted', 'ops.digitize', 'ops.vdot', 'ops.cross'];
/** The dtype that an op gives for operands of these dtypes, or the error that it raises. */
function dtypeFor(c: DTypeCase, types: readonly string[], isSymbolic: boolean): string {
  const stand = (x: unknown): unknown =>
    isSymbolic && x instanceof Tensor ? new KerasTensor(x.shape, { dtype: x.dtype }) : x;
  const args: unknown[] = types.map((t) => stand(operandOf(t, vectors.includes(c.public))));
  if (c.public === 'ops.where') args.unshift(stand(tensor(nine, { dtype: 'bool', shape: [3, 3] })));
  if (c.public === 'ops.clip') args.push(types.includes('py_float') ? 2.5 : 2);
  if (c.public === 'ops.one_hot') args.push(4);
  try {
    const y = flat(exported(c.public)!(...args, ...extraOptions(c)))[0];
    return y instanceof Tensor ? y.dtype : String(y);
  } catch (error) {
    return error instanceof HornbeamError ? 'refused' : String((error as Error).stack).slice(0, 300);
  }
}
/**
 * Ops that compute where Keras on JAX refuses, and for how many operands: they make floats of whole numbers, as a list of these is int32 here.
 */
const lenientOps = [
  'ops.sigmoid 7',
  'ops.silu 5',
  'ops.normalize 4',
  'ops.one_hot 1',
  'ops.erf 3',
  'ops.rsqrt 5',
  'ops.dot 4',
  'ops.kron 1',
];
describe('op_dtypes', () => {
  const cases = readCases<DTypeCase>('op_dtypes');
  const typesOf = (row: DTypeCase['rows'][number]): string[] => row.slice(0, -2) as string[];
  for (const c of cases)
    test(`${c.public} gives Keras's dtypes, and infers what it gives`, () => {
      const problems: string[] = [];
      for (const row of c.rows) {
        const [computed, inferred] = [false, true].map((isSymbolic) => dtypeFor(c, typesOf(row), isSymbolic));
        const expected = row.at(-2);
        const fits = expected === null ? /^[a-z]+\d*$/.test(computed!) : computed === expected;
        if (!fits) problems.push(`${typesOf(row).join(', ')}: ${computed}, not ${expected ?? 'refused'}`);
        // Keras infers other dtypes than it computes in many places; here a model is told what it will get.
        if (inferred !== computed)
          problems.push(`${typesOf(row).join(', ')}: ${inferred} inferred, ${computed} computed`);
      }
      expect(problems).toEqual([]);
    });
  test('what Keras refuses is refused, but for ops that make floats of whole numbers', () => {
    const found = cases.flatMap((c) => {
      const refused = c.rows.filter((row) => row.at(-2) === null);
      const computed = refused.filter((row) => dtypeFor(c, typesOf(row), false) !== 'refused');
      return computed.length > 0 ? [`${c.public} ${computed.length}`] : [];
    });
    expect(found).toEqual(lenientOps);
  });
});
const extraOptions = (c: Case): unknown[] =>
  Object.keys(c.kwargs ?? {}).length > 0 ? callArguments(c.public, [], c.kwargs).slice(-1) : [];

const weak: Readonly<Record<string, Promotable>> = {
  py_int: 'int',
  py_float: 'float',
  py_bool: 'bool',
  float64: 'float32',
  complex128: 'complex64',
};
const promotable = (name: string): Promotable => (name === 'none' ? floatx() : (weak[name] ?? (name as DType)));
describe('dtype_promotion', () => {
  interface PromotionCase {
    readonly id: string;
    readonly kind: string;
    readonly first?: string;
    readonly results?: Readonly<Record<string, string>>;
    readonly rows?: readonly (readonly [readonly string[], string | { error: unknown }])[];
    readonly floatx?: string;
  }
  for (const c of readCases<PromotionCase>('dtype_promotion'))
    test(`${c.id} gives Keras's common dtypes`, () => {
      const rows =
        c.rows ?? Object.entries(c.results!).map(([second, result]) => [[c.first!, second], result] as const);
      try {
        if (c.floatx) setFloatx(c.floatx);
        for (const [operands, expected] of rows) {
          if (typeof expected !== 'string') continue;
          expect([operands, resultType(...operands.map(promotable))]).toEqual([operands, expected]);
        }
      } finally {
        setFloatx('float32');
      }
    });
});
