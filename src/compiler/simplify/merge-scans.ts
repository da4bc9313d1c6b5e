import { bind } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { ControlAttrs, ScanAttrs } from '../../primitives/control/control.ts';
import { rewrite } from './rewrite.ts';

/**
 * Merges scans that run over the same inputs and compute the same carries: the scan that a gradient records to keep
 * more of each round replaces the first. Result sequences that nobody reads are dropped. Loops are recognised by the
 * tensors of their bodies, so this pass must come before any that changes bodies.
 */
export function mergeScans(program: Program): Program {
  const loops: Equation[][] = [];
  for (const equation of program.equations) {
    if (!scanOf(equation)) continue;
    const loop = loops.find(([first]) => isSameLoop(first, equation));
    if (loop) loop.push(equation);
    else loops.push([equation]);
  }
  if (loops.length === 0) return program;
  const read = new Set([...program.outputs, ...program.equations.flatMap(({ inputs }) => inputs)]);
  const loopOf = new Map(loops.flatMap((loop) => loop.map((equation) => [equation, loop])));
  const merged = new Map<readonly Equation[], Equation>();
  return rewrite(program, (equation, inputs, add) => {
    const loop = loopOf.get(equation);
    if (!loop) return undefined;
    const { body, carries } = scanOf(equation)!;
    const results = resultsOf(loop, read);
    if (loop.length === 1 && results.length === body.outputs.length - carries) return undefined;
    let whole = merged.get(loop);
    if (!whole) {
      whole = withResults(equation, results, inputs);
      merged.set(loop, whole);
      add(whole);
    }
    const places = new Map(results.map((t, k) => [t, whole.outputs[carries + k]]));
    return body.outputs.map((t, k) => (k < carries ? whole.outputs[k] : places.get(t)));
  });
}

const scanOf = ({ rule, attrs }: Equation): ScanAttrs | undefined =>
  rule.kind === 'control' && (attrs as ControlAttrs).form === 'scan' ? (attrs as ScanAttrs) : undefined;

/** Whether both run over the same inputs and carry the same values from round to round. */
function isSameLoop(a: Equation, b: Equation): boolean {
  const [x, y] = [scanOf(a)!, scanOf(b)!];
  const same = (s: readonly Tensor[], t: readonly Tensor[]): boolean =>
    s.length === t.length && s.every((tensor, k) => tensor === t[k]);
  return (
    x.carries === y.carries &&
    x.sequences === y.sequences &&
    x.length === y.length &&
    x.reverse === y.reverse &&
    same(a.inputs, b.inputs) &&
    same(x.body.inputs, y.body.inputs) &&
    same(x.body.outputs.slice(0, x.carries), y.body.outputs.slice(0, x.carries))
  );
}

/** Tensors of the body whose values of all rounds somebody reads. */
function resultsOf(loop: readonly Equation[], read: ReadonlySet<Tensor>): Tensor[] {
  const all = loop.flatMap((equation) => {
    const { body, carries } = scanOf(equation)!;
    return body.outputs.filter((_, k) => k >= carries && read.has(equation.outputs[k]));
  });
  return [...new Set(all)];
}

/** The scan with these results of its body. */
function withResults({ rule, attrs }: Equation, results: readonly Tensor[], inputs: readonly Tensor[]): Equation {
  const { body, carries } = attrs as ScanAttrs;
  const whole = makeProgram(body.name, body.inputs, [...body.outputs.slice(0, carries), ...results]);
  const [first] = [bind(rule, inputs, { ...(attrs as ScanAttrs), body: whole })].flat() as Tensor[];
  return first.equation!;
}
