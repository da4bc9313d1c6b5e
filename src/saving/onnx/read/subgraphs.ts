import { HornbeamError } from '../../../base/errors.ts';
import { range } from '../../../base/shape.ts';
import { If, Loop, Scan } from '../../../layers/from-files/index.ts';
import type { AnyLayer } from '../../../layers/layer/layer.ts';
import { KerasTensor, type SymbolicAval, type Tensor, tensorsIn } from '../../../tensor/index.ts';
import type { Context } from './context.ts';
import { functional, inputOf, plainName } from './functional.ts';
import { plainly, type Rule } from './layers.ts';
import type { Subgraph } from './model-file.ts';
import { call, checkSize, elementsOf, isInts, isSymbolic, ops, plain, type Value } from './value.ts';

/** The single element of what is known now. */
function numberOf(value: Value): number | undefined {
  if (isInts(value)) return value.ints[0] ?? undefined;
  return value.t instanceof KerasTensor ? undefined : elementsOf(value.t)[0];
}
const isKnown = (value: Value): boolean => (isInts(value) ? !value.ints.includes(null) : !isSymbolic(value));

const avalOf = (t: Tensor): SymbolicAval => ({
  shape: t instanceof KerasTensor ? t.symbolicShape : t.shape,
  dtype: t.dtype,
});

/** A constant as something that is computed from an input, so that a model can give it. */
const anchored = (anchor: Tensor, t: Tensor): Tensor => ops['where'](ops['any'](ops['cast'](anchor, 'bool')), t, t);

interface Part {
  readonly model: AnyLayer;
  readonly outputs: readonly Tensor[];
}
/** Values around a node that graphs within it read and that are no constants. */
const computedAround = (c: Context, graphs: readonly Subgraph[]): string[] =>
  [...new Set(graphs.flatMap(({ captured }) => captured))].filter((name) => isSymbolic(c.scope.find(name)!));

/** A graph within a node as a model of its parameters, those that are not known, and of `computed` values around it. */
function modelOf(
  c: Context,
  graph: Subgraph,
  parameters: readonly (SymbolicAval | Value)[],
  computed: readonly string[],
): Part {
  const names = new Set<string>();
  const inputs: KerasTensor[] = [];
  const standIn = (name: string, { shape, dtype }: SymbolicAval): KerasTensor => {
    const input = inputOf(name, shape, dtype, names);
    inputs.push(input);
    return input;
  };
  const given = new Map<string, Value>();
  graph.parameters.forEach((name, k) => {
    const of = parameters[k];
    given.set(name, 'dtype' in of ? plainly(standIn(name, of)) : of);
  });
  for (const name of computed) {
    const value = c.scope.find(name)!;
    if (!isInts(value)) given.set(name, { ...value, t: standIn(name, avalOf(value.t)) });
  }
  const outputs = c.scope.modelled(graph, given, names).map((value) => {
    const t = plain(value);
    return t instanceof KerasTensor ? t : anchored(inputs[0], t);
  });
  return { model: functional(inputs, outputs, plainName(graph.name || 'graph')), outputs };
}
/** The tensors themselves, as they are held. */
const tensorsAround = (c: Context, names: readonly string[]): Tensor[] =>
  names.map((name) => (c.scope.find(name) as { t: Tensor }).t);
const calledOn = (layer: AnyLayer, inputs: readonly Tensor[]): Value[] => tensorsIn(call(layer, inputs)).map(plainly);

const conditional: Rule = (c) => {
  const condition = c.value(0);
  const [yes, no] = [c.graph('then_branch'), c.graph('else_branch')];
  if (yes.parameters.length > 0 || no.parameters.length > 0 || yes.outputs.length !== no.outputs.length)
    return c.refuse('has branches that do not fit together');
  const known = numberOf(condition);
  if (known !== undefined) return c.scope.inlined(known ? yes : no, []);
  const computed = computedAround(c, [yes, no]);
  // A model needs an input.
  const names = computed.length > 0 ? computed : [c.node.inputs[0]];
  const [thenBranch, elseBranch] = [yes, no].map((graph) => modelOf(c, graph, [], names).model);
  return calledOn(new If({ thenBranch, elseBranch, name: c.name() }), [plain(condition), ...tensorsAround(c, names)]);
};

/** The most rounds of a loop that are written one by one, and of one whose end is sought by going through it. */
const [mostUnrolled, mostSought] = [64, 1024];
interface Turns {
  readonly body: Subgraph;
  readonly carried: readonly Value[];
  /** Undefined without a bound; a tensor where it is computed. */
  readonly count: number | Tensor | undefined;
  /** Whether the loop begins; undefined where that is computed. */
  readonly begins: boolean | undefined;
}
const roundNumber = (k: number): Value => ({ ints: [k], isScalar: true });
const holds: Value = { ints: [1], isScalar: true };

/** The rounds of a loop one after another; undefined if its end is computed by the model, or far away. */
function unrolled(c: Context, { body, carried, count }: Turns, most: number): Value[] | undefined {
  if (count instanceof KerasTensor) return undefined;
  const limit = (count as number | undefined) ?? Number.POSITIVE_INFINITY;
  const stacks: Value[][] = body.outputs.slice(carried.length + 1).map(() => []);
  let values = [...carried];
  for (let k = 0; k < limit; k++) {
    if (k === most) return undefined;
    const [again, ...found] = c.scope.inlined(body, [roundNumber(k), holds, ...values]);
    values = found.slice(0, carried.length);
    stacks.forEach((stack, n) => void stack.push(found[carried.length + n]));
    const goesOn = numberOf(again);
    if (goesOn === undefined) return undefined;
    if (!goesOn) break;
  }
  if (stacks.some((stack) => stack.length === 0)) return undefined;
  const joined = stacks.map((stack) =>
    plainly(
      ops['stack'](
        stack.map((value) => plain(value)),
        { axis: 0 },
      ),
    ),
  );
  return [...values, ...joined];
}

/** How many rounds a loop takes whose condition hangs on nothing but what is known: counters; undefined of others. */
function countedRounds(c: Context, { body, carried, count }: Turns): number | undefined {
  const [, , ...parameters] = body.parameters;
  const needed = new Set([body.outputs[0]]);
  // What the condition needs, in this round and in those before.
  for (let size = -1; size !== needed.size; ) {
    size = needed.size;
    for (const { outputs, inputs, captured } of [...body.nodes].reverse())
      if (outputs.some((name) => needed.has(name))) for (const name of [...inputs, ...captured]) needed.add(name);
    parameters.forEach((name, k) => needed.has(name) && needed.add(body.outputs[k + 1]));
  }
  const own = range(carried.length).filter((k) => needed.has(parameters[k]));
  const around = body.captured.filter((name) => needed.has(name)).map((name) => c.scope.find(name)!);
  if (![...own.map((k) => carried[k]), ...around].every(isKnown)) return undefined;
  const part: Subgraph = {
    ...body,
    nodes: body.nodes.filter(({ outputs }) => outputs.some((name) => needed.has(name))),
    parameters: [...body.parameters.slice(0, 2), ...own.map((k) => parameters[k])],
    outputs: [body.outputs[0], ...own.map((k) => body.outputs[k + 1])],
  };
  let values = own.map((k) => carried[k]);
  const limit = typeof count === 'number' ? count : mostSought;
  for (let k = 0; k < limit; k++) {
    if (k === mostSought) return undefined;
    const [again, ...found] = c.scope.inlined(part, [roundNumber(k), holds, ...values]);
    const goesOn = numberOf(again);
    if (goesOn === undefined) return undefined;
    if (!goesOn) return k + 1;
    if (own.length === 0 && !needed.has(body.parameters[0]))
      return typeof count === 'number' ? count : c.refuse('never ends');
    values = found;
  }
  return typeof count === 'number' ? count : undefined;
}

const sameKind = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype && String(avalOf(a).shape) === String(avalOf(b).shape);

/** A loop as a layer. */
function looping(c: Context, turns: Turns): Value[] {
  const { body, begins } = turns;
  const first = turns.carried.map(plain);
  const rounds = turns.count instanceof KerasTensor ? undefined : countedRounds(c, turns);
  const count = rounds ?? turns.count;
  const computed = computedAround(c, [body]);
  const scanned = body.outputs.length - 1 - first.length;
  const isConditional = rounds === undefined || begins === undefined;
  if (scanned > 0 && (isConditional || typeof count !== 'number'))
    return c.refuse('gives a result for each round, and how many there are is computed');
  const i: SymbolicAval = { shape: [], dtype: 'int32' };
  const { model, outputs } = modelOf(c, body, [i, holds, ...first.map(avalOf)], computed);
  const changed = first.findIndex((t, k) => !sameKind(t, outputs[k + 1]));
  if (changed >= 0)
    return c.refuse(`changes the shape or type of "${body.parameters[changed + 2]}" from round to round`);
  if (typeof count === 'number')
    for (const { shape } of outputs.slice(first.length + 1)) checkSize(c.node.name, [count, ...shape]);
  const isCounted = count instanceof KerasTensor;
  const layer = new Loop({
    body: model,
    carries: first.length,
    most: typeof count === 'number' ? count : null,
    isCounted,
    isConditional,
    name: c.name(),
  });
  const start = begins === undefined ? c.tensor(1) : ops['convertToTensor'](true);
  return calledOn(layer, [
    ...(isCounted ? [count] : []),
    ...(isConditional ? [start] : []),
    ...first,
    ...tensorsAround(c, computed),
  ]);
}

const loop: Rule = (c) => {
  const body = c.graph('body');
  const carried = range(Math.max(c.node.inputs.length - 2, 0)).map((k) => c.value(k + 2));
  if (body.parameters.length !== carried.length + 2 || body.outputs.length <= carried.length)
    return c.refuse('has a body that does not fit its inputs');
  const given = c.has(0) ? numberOf(c.value(0)) : Number.POSITIVE_INFINITY;
  // Exporters write the largest integer for no bound.
  const bound = given !== undefined && given >= 2 ** 31 - 1 ? undefined : given;
  const count = given === undefined ? c.tensor(0) : bound;
  const known = c.has(1) ? numberOf(c.value(1)) : 1;
  const begins = known === undefined ? undefined : known !== 0;
  const turns = { body, carried, count, begins };
  if (begins === false || (bound !== undefined && bound <= 0)) {
    if (body.outputs.length > carried.length + 1) return c.refuse('has no round, and gives a result for each');
    return carried;
  }
  const isComputed = [...carried, ...c.inputs.slice(0, 2)].some((value) => value && isSymbolic(value));
  if (!isComputed && computedAround(c, [body]).length === 0)
    return unrolled(c, turns, mostSought) ?? c.refuse(`repeats what is known more than ${mostSought} times`);
  try {
    return looping(c, turns);
  } catch (error) {
    // Shapes that change, and positions that are to be known, are no obstacle to rounds one by one.
    if (!(error instanceof HornbeamError) || begins === undefined || c.scope.nodesLeft < 0) throw error;
    const found = unrolledOr(c, turns);
    if (!found) throw error;
    return found;
  }
};
function unrolledOr(c: Context, turns: Turns): Value[] | undefined {
  try {
    return unrolled(c, turns, mostUnrolled);
  } catch (error) {
    if (error instanceof HornbeamError) return undefined;
    throw error;
  }
}

const scan: Rule = (c) => {
  if (c.opset < 9) return c.refuse('is of an opset before 9');
  const body = c.graph('body');
  const count = c.number('num_scan_inputs', 0);
  const inputs = range(c.node.inputs.length).map((k) => c.tensor(k));
  const carries = inputs.length - count;
  const given = body.outputs.length - carries;
  if (!(count > 0 && carries >= 0 && given >= 0) || body.parameters.length !== inputs.length)
    return c.refuse('has a body that does not fit its inputs');
  const listed = (name: string, length: number): readonly number[] => {
    const list = c.list(name) ?? range(length).map(() => 0);
    return list.length === length ? list : c.refuse(`has ${list.length} ${name} for ${length}`);
  };
  const [first, sequences] = [inputs.slice(0, carries), inputs.slice(carries)];
  const axes = listed('scan_input_axes', count).map((axis, k) => c.axes([axis], c.rank(carries + k))[0]);
  const slices = sequences.map((x, k): SymbolicAval => {
    const { shape, dtype } = avalOf(x);
    return { shape: shape.filter((_, d) => d !== axes[k]), dtype };
  });
  const computed = computedAround(c, [body]);
  if (![...inputs, ...computed].some((x) => typeof x === 'string' || x instanceof KerasTensor))
    return c.refuse('goes along what is known');
  const { model, outputs } = modelOf(c, body, [...first.map(avalOf), ...slices], computed);
  const changed = first.findIndex((t, k) => !sameKind(t, outputs[k]));
  if (changed >= 0) return c.refuse(`changes the shape or type of "${body.parameters[changed]}" from step to step`);
  const resultAxes = listed('scan_output_axes', given).map(
    (axis, k) => c.axes([axis], outputs[carries + k].shape.length + 1)[0],
  );
  const layer = new Scan({
    body: model,
    carries,
    axes,
    directions: listed('scan_input_directions', count),
    resultAxes,
    resultDirections: listed('scan_output_directions', given),
    name: c.name(),
  });
  return calledOn(layer, [...inputs, ...tensorsAround(c, computed)]);
};

/** Operators with graphs within: branches and loops. */
export const subgraphRules: Readonly<Record<string, Rule>> = { If: conditional, Loop: loop, Scan: scan };
