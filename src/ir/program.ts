import { HornbeamError } from '../base/errors.ts';
import type { Scope } from './scope.ts';
import { type Equation, type Program, showAval, type Tensor } from './tensor.ts';

export type { Program } from './tensor.ts';

const none: ReadonlyMap<number, number> = new Map();

/** The equations that lead to `outputs`, each after those it needs; tensors for which `isLeaf` holds count as inputs. */
export function equationsBehind(outputs: readonly Tensor[], isLeaf: (t: Tensor) => boolean): Equation[] {
  const seen = new Set<Equation>();
  const equations: Equation[] = [];
  const pending: { equation: Equation; next: number }[] = [];
  const enter = (t: Tensor): void => {
    if (!t.equation || isLeaf(t) || seen.has(t.equation)) return;
    seen.add(t.equation);
    pending.push({ equation: t.equation, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    // An explicit stack, because a long chain of equations would exhaust JavaScript's.
    while (pending.length > 0) {
      const top = pending[pending.length - 1];
      if (top.next < top.equation.inputs.length) enter(top.equation.inputs[top.next++]);
      else equations.push(pending.pop()!.equation);
    }
  }
  return equations;
}

/** Collects the equations that lead from the inputs to the outputs. Concrete tensors are read, not computed again. */
export function makeProgram(
  name: string,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  donated: ReadonlyMap<number, number> = none,
): Program {
  const given = new Set(inputs);
  const equations = equationsBehind(outputs, (t) => t.storage !== undefined || given.has(t));
  return { name, inputs, equations, outputs, donated };
}

/** Tensors that the program reads from outside: neither its inputs nor computed in it. */
export function freeTensors(program: Program): Tensor[] {
  const known = new Set<Tensor>(program.inputs);
  const free = new Set<Tensor>();
  for (const { inputs, outputs } of program.equations) {
    for (const x of inputs) if (!known.has(x)) free.add(x);
    for (const y of outputs) known.add(y);
  }
  for (const y of program.outputs) if (!known.has(y)) free.add(y);
  return [...free];
}

/** The program with the tensors that it reads from outside as additional inputs, and those tensors. */
export function closeProgram(program: Program): { program: Program; captured: Tensor[] } {
  const captured = freeTensors(program);
  return {
    program: captured.length === 0 ? program : { ...program, inputs: [...program.inputs, ...captured] },
    captured,
  };
}

/** Where the equations of a program come from, those of the programs in their attributes too, in order. */
export const scopesOf = ({ equations }: Program): (Scope | undefined)[] =>
  equations.flatMap(({ rule, attrs, scope }) => [scope, ...(rule.programs?.(attrs) ?? []).flatMap(scopesOf)]);

// JSON has no infinities, NaN or -0: they are spelled out, since the text also tells programs apart.
const showAttr = (_: string, value: unknown): unknown => {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? '-0' : `${value}`;
  return isProgram(value) ? `<${value.name}>` : typeof value === 'function' ? '<function>' : value;
};
const showAttrs = (attrs: unknown): string => (attrs === undefined ? '' : ` ${JSON.stringify(attrs, showAttr)}`);
const isProgram = (x: unknown): x is Program =>
  typeof x === 'object' && x !== null && 'equations' in x && 'outputs' in x;

/** The program as text, one line per equation. */
export function printProgram(program: Program, indent = ''): string {
  const names = new Map<Tensor, string>();
  const nameOf = (t: Tensor): string => {
    if (!names.has(t)) names.set(t, `%${names.size}`);
    return names.get(t)!;
  };
  const lines = [`${indent}${program.name}(${program.inputs.map((t) => `${nameOf(t)}: ${showAval(t)}`).join(', ')}) {`];
  for (const { rule, inputs, attrs, outputs } of program.equations) {
    const left = outputs.map((t) => `${nameOf(t)}: ${showAval(t)}`).join(', ');
    lines.push(`${indent}  ${left} = ${rule.name}(${inputs.map(nameOf).join(', ')})${showAttrs(attrs)}`);
    for (const inner of rule.programs?.(attrs) ?? []) lines.push(printProgram(inner, `${indent}    `));
  }
  const replaced = (k: number): string =>
    program.donated.has(k) ? ` (in place of ${nameOf(program.inputs[program.donated.get(k)!])})` : '';
  lines.push(`${indent}  return ${program.outputs.map((t, k) => nameOf(t) + replaced(k)).join(', ')}`, `${indent}}`);
  return lines.join('\n');
}

/** Checks that a program is well-formed: every operand known before its use, every result as its primitive's rule says. */
export function verifyProgram(program: Program): void {
  const broken = (problem: string): never => {
    throw new HornbeamError(`Program "${program.name}" is malformed: ${problem}\n${printProgram(program)}`);
  };
  const known = new Set<Tensor>(program.inputs);
  for (const { rule, inputs, attrs, outputs } of program.equations) {
    for (const x of inputs) if (!known.has(x)) broken(`${rule.name} reads a tensor that is not computed before it`);
    const expected = [rule.result(inputs, attrs)].flat();
    if (expected.length !== outputs.length)
      broken(`${rule.name} gives ${expected.length} results, not ${outputs.length}`);
    outputs.forEach((y, k) => {
      if (showAval(expected[k]) !== showAval(y))
        broken(`${rule.name} gives ${showAval(expected[k])}, not ${showAval(y)}`);
      if (known.has(y)) broken(`${rule.name} computes a tensor a second time`);
      known.add(y);
    });
    for (const inner of rule.programs?.(attrs) ?? []) verifyProgram(inner);
  }
  for (const y of program.outputs) if (!known.has(y)) broken('an output is never computed');
  for (const [k, n] of program.donated) {
    const [output, input] = [program.outputs[k], program.inputs[n]];
    if (!output || !input) broken(`donation ${n} -> ${k} names no input or output`);
    else if (showAval(output) !== showAval(input))
      broken(`output ${k} (${showAval(output)}) cannot replace input ${n} (${showAval(input)})`);
  }
}
