import { count } from '../../../compiler/contraction/product.ts';
import type { ContractionStep } from '../../../compiler/plan.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Dispatch, EmitContext } from '../dispatch.ts';
import { KernelText } from './kernel-text.ts';
import { type Arranged, linesOf } from './layout.ts';
import { Reader } from './reader.ts';
import { writeTail } from './tail.ts';

/** A product of few terms or few lines, e.g. a depthwise convolution: each invocation computes one sum by itself. */
export function directProduct(
  step: ContractionStep,
  arranged: Arranged,
  splits: number,
  partial: Region | undefined,
  context: EmitContext,
): Dispatch {
  const text = new KernelText(context);
  const { product, layouts } = arranged;
  const [m, n, k] = [linesOf(layouts[0]), linesOf(layouts[1]), count(arranged.depth)];
  const batches = count(product.batch);
  const each = m * n * batches;
  const total = each * splits;
  text.line('let place = group * 64u + lane;');
  if (total % 64 !== 0) text.line(`if (place >= ${total}u) { return; }`);
  text.line(`let split = place / ${each}u;`);
  text.line(`let own = place % ${each}u;`);
  // Neighbouring invocations differ in what is contiguous in memory: the independent products, or else the columns.
  const batchFirst = batches > 1 && n < 8;
  text.line(batchFirst ? `let batch = own % ${batches}u;` : `let batch = own / ${m * n}u;`);
  text.line(batchFirst ? `let cell = own / ${batches}u;` : `let cell = own % ${m * n}u;`);
  text.line(`let column = cell % ${n}u;`);
  text.line(`let row = cell / ${n}u;`);
  const readers = ([0, 1] as const).map(
    (s) => new Reader(text, arranged, s, { block: 1, depth: 1, threads: 1, first: s === 0 ? 'row' : 'column' }),
  );
  text.line(`var sum = ${product.type}();`);
  if (k > 0) {
    for (const r of readers) r.prepareOne();
    const share = Math.ceil(k / splits);
    text.line(`for (var t = split * ${share}u; t < min(split * ${share}u + ${share}u, ${k}u); t++) {`);
    const [left, right] = readers.map((r) => r.one('t'));
    text.line(`sum += ${left} * ${right};`);
    text.line('}');
  }
  if (partial) text.store(partial, `((split * ${batches}u + batch) * ${m}u + row) * ${n}u + column`, 'sum');
  else finish(text, step, arranged);
  return text.dispatch(step.info.name, { threads: 64, groups: Math.ceil(total / 64) });
}

/** Adds up the parts of a product that was cut along the sum, and computes the tail. */
export function joinParts(
  step: ContractionStep,
  arranged: Arranged,
  splits: number,
  partial: Region,
  context: EmitContext,
): Dispatch {
  const text = new KernelText(context);
  const { product, layouts } = arranged;
  const [m, n, batches] = [linesOf(layouts[0]), linesOf(layouts[1]), count(product.batch)];
  const total = m * n * batches;
  text.line('let place = group * 64u + lane;');
  if (total % 64 !== 0) text.line(`if (place >= ${total}u) { return; }`);
  text.line(`let batch = place / ${m * n}u;`);
  text.line(`let row = (place % ${m * n}u) / ${n}u;`);
  text.line(`let column = place % ${n}u;`);
  text.line(`var sum = ${product.type}();`);
  text.line(`for (var part = 0u; part < ${splits}u; part++) {`);
  text.line(`sum += ${text.element(partial, `part * ${total}u + place`)};`);
  text.line('}');
  finish(text, step, arranged);
  return text.dispatch(`${step.info.name} (sum of parts)`, { threads: 64, groups: Math.ceil(total / 64) });
}

function finish(text: KernelText, step: ContractionStep, arranged: Arranged): void {
  for (const [name, from] of [
    ['b', 'batch'],
    ['i', 'row'],
    ['j', 'column'],
  ])
    text.line(`let ${name} = i32(${from});`);
  writeTail(text, step, arranged, { batch: 'b', row: 'i', column: 'j', sum: 'sum' });
}
