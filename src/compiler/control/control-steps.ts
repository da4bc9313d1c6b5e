import { fail } from '../../base/errors.ts';
import { type Expr, load, type Region } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import { type Equation, Tensor } from '../../ir/tensor.ts';
import type { ControlAttrs, ScanAttrs, SwitchAttrs, WhileAttrs } from '../../primitives/control/control.ts';
import { copyStep, land } from '../memory/land.ts';
import type { Step } from '../plan.ts';
import type { Places } from '../schedule/places.ts';
import { instanceOf } from '../simplify/rewrite.ts';
import type { Lowered, Lowering } from './lowering.ts';
import { lowerScanBody } from './scan-body.ts';

/**
 * The steps of a loop or a branch (a barrier has none): the steps of its programs, over regions that carry values from
 * round to round.
 */
export function controlSteps(equation: Equation, lowering: Lowering): readonly Step[] {
  const attrs = equation.attrs as ControlAttrs;
  if (attrs.form === 'while') return whileSteps(equation, attrs, lowering);
  if (attrs.form === 'scan') return scanSteps(equation, attrs, lowering);
  if (attrs.form === 'switch') return switchSteps(equation, attrs, lowering);
  if (attrs.form === 'barrier') {
    equation.outputs.forEach((y, k) => lowering.places.putWith(y, equation.inputs[k]));
    return [];
  }
  return fail('compile', 'a call was left in the program', 'write calls out first (inlineCalls)');
}

/** A program's steps, with its inputs in given regions. */
function lowerOver(program: Program, regions: readonly Region[], lowering: Lowering): Lowered {
  const inputs = program.inputs.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
  inputs.forEach((t, k) => lowering.places.put(t, regions[k]));
  return lowering.steps(lowering.simplified(instanceOf(program, inputs)));
}

const regionsOf = (tensors: readonly Tensor[], places: Places): Region[] => tensors.map((t) => places.regionOf(t));
const isSerial = (steps: readonly Step[]): boolean => steps.every((s) => s.serial);

function whileSteps({ inputs, outputs }: Equation, attrs: WhileAttrs, lowering: Lowering): Step[] {
  const { places } = lowering;
  const carries = regionsOf(outputs, places);
  const start = inputs.slice(0, attrs.carries).map((x, k) => copyStep(places.regionOf(x), carries[k]));
  const all = [...carries, ...regionsOf(inputs.slice(attrs.carries), places)];
  const condition = lowerOver(attrs.condition, all, lowering);
  const body = lowerOver(attrs.body, all, lowering);
  const steps = [...body.steps, ...land(body.steps, regionsOf(body.outputs, places), carries, places)];
  const test = places.regionOf(condition.outputs[0]);
  const serial = isSerial([...condition.steps, ...steps]);
  return [...start, { kind: 'while', condition: condition.steps, test, body: steps, barrier: true, serial }];
}

function scanSteps({ inputs, outputs }: Equation, attrs: ScanAttrs, lowering: Lowering): Step[] {
  const { places } = lowering;
  const { carries: count, sequences, length, reverse } = attrs;
  const carries = regionsOf(outputs.slice(0, count), places);
  const start = inputs.slice(0, count).map((x, k) => copyStep(places.regionOf(x), carries[k]));
  const { algebra } = places.formulas;
  const counter = places.scratch({ shape: [], dtype: 'int32' }, 'round');
  const round = algebra.simplify(load(counter, [algebra.constant(0, 'i32')]));
  const at: Expr = reverse ? algebra.apply('sub', 'i32', [algebra.constant(length - 1, 'i32'), round]) : round;
  const body = lowerScanBody(
    attrs,
    {
      carries,
      sequences: inputs.slice(count, count + sequences),
      fixed: regionsOf(inputs.slice(count + sequences), places),
      results: regionsOf(outputs.slice(count), places),
    },
    at,
    lowering,
  );
  const steps = [...body.steps, ...land(body.steps, regionsOf(body.outputs, places), carries, places)];
  return [...start, { kind: 'repeat', times: length, counter, body: steps, barrier: true, serial: isSerial(steps) }];
}

function switchSteps({ inputs, outputs }: Equation, attrs: SwitchAttrs, lowering: Lowering): Step[] {
  const { places } = lowering;
  const [index, ...operands] = regionsOf(inputs, places) as [Region, ...Region[]];
  const results = regionsOf(outputs, places);
  const branches = attrs.branches.map((branch) => {
    const { steps, outputs: values } = lowerOver(branch, operands, lowering);
    return [...steps, ...land(steps, regionsOf(values, places), results, places)];
  });
  return [{ kind: 'switch', index, branches, barrier: true, serial: isSerial(branches.flat()) }];
}
