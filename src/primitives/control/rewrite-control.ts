import { bind } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import { call } from './call.ts';
import type { ControlAttrs } from './control.ts';
import { type ScanAttrs, scan } from './scan.ts';
import { inline } from './sub-program.ts';

type Rewrite = (equation: Equation, inputs: readonly Tensor[]) => readonly Tensor[];

/** The program with each equation recorded again, by `rewrite`. */
function rewritten(program: Program, rewrite: Rewrite): Program {
  const known = new Map<Tensor, Tensor>();
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  for (const equation of program.equations) {
    const results = rewrite(equation, equation.inputs.map(now));
    equation.outputs.forEach((t, k) => known.set(t, results[k]!));
  }
  return makeProgram(program.name, program.inputs, program.outputs.map(now), program.donated);
}

/** Records an equation again, the programs that it runs rewritten. */
function again({ rule, attrs }: Equation, inputs: readonly Tensor[], rewriteAll: (program: Program) => Program) {
  const inner = rule.kind === 'control' ? withPrograms(attrs as ControlAttrs, rewriteAll) : attrs;
  return [bind(rule, inputs, inner)].flat();
}
function withPrograms(attrs: ControlAttrs, f: (program: Program) => Program): ControlAttrs {
  switch (attrs.form) {
    case 'call':
      return { ...attrs, program: f(attrs.program) };
    case 'switch':
      return { ...attrs, branches: attrs.branches.map(f) };
    case 'while':
      return { ...attrs, condition: f(attrs.condition), body: f(attrs.body) };
    case 'scan':
      return { ...attrs, body: f(attrs.body) };
  }
}

/** The program without calls: what they run stands in their place. */
export function inlineCalls(program: Program): Program {
  return rewritten(program, (equation, inputs) =>
    equation.rule === call.rule
      ? inline(inlineCalls((equation.attrs as { program: Program }).program), inputs)
      : again(equation, inputs, inlineCalls),
  );
}

/**
 * The program with scans made one that run over the same inputs and compute the same carries: so the scan that a gradient
 * records to keep more of each round takes the place of the first. Result sequences that nobody reads are left out. To be
 * done before bodies are changed in any way.
 */
export function mergeScans(program: Program): Program {
  const groups = new Map<Equation, Equation[]>();
  for (const equation of program.equations) {
    if (equation.rule !== scan.rule) continue;
    const first = [...groups.keys()].find((other) => isSameLoop(other, equation));
    if (first) groups.get(first)!.push(equation);
    else groups.set(equation, [equation]);
  }
  const read = new Set([...program.outputs, ...program.equations.flatMap(({ inputs }) => inputs)]);
  const firstOf = new Map([...groups].flatMap(([first, members]) => members.map((member) => [member, first])));
  const merged = new Map<Equation, (t: Tensor, k: number) => Tensor>();
  return rewritten(program, (equation, inputs) => {
    const first = firstOf.get(equation);
    if (!first) return again(equation, inputs, mergeScans);
    let outputOf = merged.get(first);
    if (!outputOf) merged.set(first, (outputOf = runAll(groups.get(first)!, inputs, read)));
    return (equation.attrs as ScanAttrs).body.outputs.map((t, k) => outputOf(t, k));
  });
}

function isSameLoop(a: Equation, b: Equation): boolean {
  const [x, y] = [a.attrs as ScanAttrs, b.attrs as ScanAttrs];
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

/** Runs the union of what is read of the scans; gives the output that stands for a body's k-th output. */
function runAll(
  members: readonly Equation[],
  inputs: readonly Tensor[],
  read: ReadonlySet<Tensor>,
): (t: Tensor, k: number) => Tensor {
  const { body, carries, ...rest } = members[0]!.attrs as ScanAttrs;
  const all = members.flatMap(({ attrs, outputs }) =>
    (attrs as ScanAttrs).body.outputs.filter((_, k) => k >= carries && read.has(outputs[k]!)),
  );
  const results = [...new Set(all)];
  const whole = makeProgram(body.name, body.inputs, [...body.outputs.slice(0, carries), ...results]);
  const attrs: ScanAttrs = { ...rest, carries, body: mergeScans(whole) };
  const outputs = bind(members[0]!.rule, inputs, attrs) as readonly Tensor[];
  return (t, k) => outputs[k < carries ? k : carries + results.indexOf(t)]!;
}
