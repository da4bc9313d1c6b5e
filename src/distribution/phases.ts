import { sizeOf } from '../base/shape.ts';
import { inlineCalls } from '../compiler/simplify/inline-calls.ts';
import { equationsBehind, freeTensors, type Program } from '../ir/program.ts';
import type { Equation, Tensor } from '../ir/tensor.ts';
import { refuseInner, sumRule } from './sums.ts';

/** A part of a step, which runs between sums. Its program speaks of tensors as the step's own does. */
export interface Phase {
  readonly program: Program;
  /** The sums that follow it, whose inputs are its first outputs. */
  readonly sums: readonly Equation[];
  /** The tensors that nobody reads after it. */
  readonly spent: readonly Tensor[];
}

/**
 * Cuts a step at its sums over processes: each phase computes what the next sums need, the last one the rest. Sums of
 * which none depends on another follow the same phase.
 */
export function phasesOf(whole: Program): Phase[] {
  const step = inlineCalls(whole);
  const rounds = roundsOf(step);
  const isGiven = new Set(step.inputs);
  const summed = new Set(rounds.flat().flatMap(({ outputs }) => outputs));
  const maker = new Map<Tensor, number>();
  const parts = [...rounds.map((sums) => sums.flatMap(({ inputs }) => inputs)), step.outputs].map((wanted, p) => {
    const isKnown = (t: Tensor): boolean =>
      isGiven.has(t) || summed.has(t) || t.storage !== undefined || (maker.has(t) && !isMadeAgain(t.equation!));
    const equations = equationsBehind(wanted, isKnown);
    for (const t of equations.flatMap(({ outputs }) => outputs)) if (!maker.has(t)) maker.set(t, p);
    const inputs = freeTensors({ name: '', inputs: [], equations, outputs: wanted, donated: new Map() });
    return { equations, wanted, inputs };
  });
  const last = parts.length - 1;
  const donors = [...step.donated].map(([output, n]) => [output, step.inputs[n]!] as const);
  return parts.map(({ equations, wanted, inputs: read }, p) => {
    const later = new Set(parts.slice(p + 1).flatMap(({ inputs }) => inputs));
    const inputs = p < last ? read : [...new Set([...read, ...donors.map(([, input]) => input)])];
    const handed = [...later].filter((t) => maker.get(t) === p);
    const donated = p < last ? [] : donors.map(([output, input]) => [output, inputs.indexOf(input)] as const);
    return {
      program: {
        name: `${step.name} ${p + 1} of ${parts.length}`,
        inputs,
        equations,
        outputs: [...wanted, ...handed],
        donated: new Map(donated),
      },
      sums: rounds[p] ?? [],
      spent: read.filter((t) => !isGiven.has(t) && !later.has(t)),
    };
  });
}

/** The sums, each list after those that it needs. */
function roundsOf({ equations }: Program): Equation[][] {
  const rounds: Equation[][] = [];
  const before = new Map<Tensor, number>();
  for (const equation of equations) {
    const { rule, attrs, inputs, outputs } = equation;
    if ((rule.programs?.(attrs) ?? []).some(hasSums)) refuseInner(rule.name);
    const round = inputs.reduce((most, t) => Math.max(most, before.get(t) ?? 0), 0);
    const isSum = rule === sumRule;
    if (isSum) (rounds[round] ??= []).push(equation);
    for (const t of outputs) before.set(t, isSum ? round + 1 : round);
  }
  return rounds;
}
const hasSums = ({ equations }: Program): boolean =>
  equations.some(({ rule, attrs }) => rule === sumRule || (rule.programs?.(attrs) ?? []).some(hasSums));

/** Whether a phase computes again what an earlier one did, rather than that it is kept: constants, and what spreads few numbers. */
function isMadeAgain({ rule: { kind }, inputs, outputs }: Equation): boolean {
  const sizes = (tensors: readonly Tensor[]): number => tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return ['elementwise', 'movement', 'generator'].includes(kind) && sizes(outputs) >= sizes(inputs);
}
