import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Like } from '../../tensor/like.ts';
import { op, opNames } from '../op.ts';
import { cast, type Operand, promotableOf, shapeOf } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { arrange, contract, diagonals, type Labelled } from './contract.ts';
import { accumulated, inNumbers } from './linear.ts';

interface Parsed {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Labels of each operand's axes and of the result's; the axes behind `...` are named `.0`, `.1`, … from the last. */
function parse(subscripts: string, ranks: readonly number[]): Parsed {
  const bad = (problem: string): never =>
    fail('einsum', `"${subscripts}" ${problem}`, 'write one term of letters for each operand, e.g. "ij,jk->ik"');
  const text = subscripts.replace(/\s/g, '');
  const [left, right, more] = text.split('->');
  if (more !== undefined || /[^A-Za-z.,]/.test(left + (right ?? ''))) bad('is no subscript expression');
  const terms = left.split(',');
  if (terms.length !== ranks.length) bad(`has ${terms.length} terms for ${ranks.length} operands`);
  const expand = (term: string, dots: number): string[] => {
    const [before, after, extra] = term.split('...');
    if (extra !== undefined || (before + (after ?? '')).includes('.')) bad('has misplaced dots');
    const middle = Array.from({ length: after === undefined ? 0 : dots }, (_, d) => `.${dots - 1 - d}`);
    return [...before, ...middle, ...(after ?? '')];
  };
  let widest = 0;
  const inputs = terms.map((term, k) => {
    const named = term.replace('...', '').length;
    const dots = ranks[k] - named;
    if (dots < 0 || (dots > 0 && !term.includes('...')))
      bad(`names ${named} axes of operand ${k}, which has ${ranks[k]}`);
    if (term.includes('...')) widest = Math.max(widest, dots);
    return expand(term, dots);
  });
  const all = inputs.flat();
  if (right !== undefined) {
    const output = expand(right, widest);
    const unknown = output.find((l) => !all.includes(l) && !l.startsWith('.'));
    if (unknown) bad(`gives "${unknown}", which no operand has`);
    if (new Set(output).size !== output.length) bad('names an axis of the result twice');
    return { inputs, output };
  }
  const dots = Array.from({ length: widest }, (_, d) => `.${widest - 1 - d}`);
  const once = [...new Set(all)].filter((l) => !l.startsWith('.') && all.indexOf(l) === all.lastIndexOf(l));
  return { inputs, output: [...dots, ...once.sort()] };
}

/** Number of multiplications for contracting two operands, and the size of the result. */
function costOf(
  a: Labelled,
  b: Labelled,
  kept: readonly string[],
  sizes: ReadonlyMap<string, number>,
): [number, number] {
  const union = [...new Set([...a.labels, ...b.labels])];
  const product = (list: readonly string[]): number => list.reduce((n, l) => n * sizes.get(l)!, 1);
  return [product(union), product(union.filter((l) => kept.includes(l)))];
}

function sizesOf(list: readonly Labelled[], subscripts: string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { x, labels } of list)
    labels.forEach((l, d) => {
      const [known, n] = [sizes.get(l) ?? 1, x.shape[d]];
      if (known !== 1 && n !== 1 && known !== n)
        fail(
          'einsum',
          `"${subscripts}": axis "${l}" has size ${known} and ${n} in shapes ${list.map((t) => showShape(t.x.shape)).join(', ')}`,
          'give it one size',
        );
      sizes.set(l, known === 1 ? n : known);
    });
  return sizes;
}

const einsumOp = op(
  'einsum',
  (subscripts: string, operands: readonly Operand[]): Tensor => {
    const { inputs, output } = parse(
      subscripts,
      operands.map((x) => shapeOf(x).length),
    );
    const common = resultType(...operands.map(promotableOf));
    const dtype = operands.length === 2 ? accumulated(operands[0], operands[1], common) : common;
    return inNumbers(dtype, (type) => {
      const raw = operands.map((x, k): Labelled => ({ x: cast(x, type), labels: inputs[k] }));
      const sizes = sizesOf(raw, subscripts);
      const list = raw.map(diagonals);
      // Greedy: always the cheapest pair, which keeps intermediates small.
      while (list.length > 1) {
        let best: { i: number; j: number; cost: readonly [number, number] } | undefined;
        for (let i = 0; i < list.length; i++)
          for (let j = i + 1; j < list.length; j++) {
            const cost = costOf(list[i], list[j], keptBy(list, i, j, output), sizes);
            if (!best || cost[0] < best.cost[0] || (cost[0] === best.cost[0] && cost[1] < best.cost[1]))
              best = { i, j, cost };
          }
        const { i, j } = best!;
        const kept = keptBy(list, i, j, output);
        const own = new Set([...list[i].labels, ...list[j].labels]);
        const merged = contract(
          list[i],
          list[j],
          list.length === 2 ? output : [...own].filter((l) => kept.includes(l)),
        );
        list.splice(j, 1);
        list[i] = merged;
      }
      return arrange(list[0], output).x;
    });
  },
  ['text', 'operands'],
);
const keptBy = (list: readonly Labelled[], i: number, j: number, output: readonly string[]): string[] => [
  ...output,
  ...list.filter((_, k) => k !== i && k !== j).flatMap((t) => t.labels),
];

/** Sums of products over named axes (Einstein's convention), several operands pair by pair in a cheap order. @example einsum('ij,jk->ik', [[1, 2]], [[3], [4]]) // [[11]] */
export const einsum = Object.assign(
  (subscripts: string, ...operands: Like[]): Tensor => einsumOp(subscripts, operands),
  opNames('einsum'),
);
