import { range } from '../../../base/shape.ts';
import type { Program } from '../../../ir/program.ts';
import type { ScanAttrs } from '../../../primitives/control/scan-attrs.ts';
import { elementType } from '../element-types.ts';
import type { Emitter, Value } from '../emitter.ts';
import { isKnown, plain, type Size } from '../layout.ts';
import type { GraphMessage, ValueInfoMessage } from '../schema.ts';
import { addForm, stored } from '../values.ts';
import type { Result, Work } from '../work.ts';

/** Writes a program, the same in every recording, into the current graph. */
export type WriteProgram = (programs: readonly Program[], inputs: readonly Value[]) => readonly Value[];
export type LowerControl = (work: Work, write: WriteProgram) => readonly Value[];

const infoOf = (name: string, { dtype, sizes }: Result): ValueInfoMessage => ({
  name,
  type: {
    tensorType: {
      elemType: elementType[dtype],
      shape: { dim: sizes.map((size) => (isKnown(size) ? { dimValue: size[0] } : {})) },
    },
  },
});
const scalarInfo = (name: string, type: keyof typeof elementType): ValueInfoMessage => ({
  name,
  type: { tensorType: { elemType: elementType[type], shape: {} } },
});
function held(e: Emitter, name: string, { dtype, sizes }: Result): Value {
  const value: Value = { dtype, sizes, forms: [] };
  addForm(e, value, name, plain(sizes));
  return value;
}
const sliced = ({ dtype, sizes }: Result): Result => ({ dtype, sizes: sizes.slice(1) });

/** A graph within a node: its parameters and results have names of their own. */
function graphOf(
  e: Emitter,
  name: string,
  given: readonly Result[],
  body: (inputs: readonly Value[]) => readonly Value[],
  around: { readonly inputs?: readonly ValueInfoMessage[]; outputs?(): readonly ValueInfoMessage[] } = {},
): GraphMessage {
  const label = e.named([...e.path, name].join('/'));
  const { nodes, result } = e.within(() => {
    const names = given.map((_, k) => e.named(`${label}_in_${k}`));
    const values = body(given.map((aval, k) => held(e, names[k], aval)));
    // A result has its own name even if it is a parameter.
    const outputs = values.map((value) => infoOf(e.node('Identity', [stored(e, value)]), value));
    return {
      inputs: given.map((aval, k) => infoOf(names[k], aval)),
      outputs: [...(around.outputs?.() ?? []), ...outputs],
    };
  });
  return { name: label, node: nodes, input: [...(around.inputs ?? []), ...result.inputs], output: result.outputs };
}

const scan: LowerControl = (work: Work<ScanAttrs>, write) => {
  const { e, attrs, inputs, all, results } = work;
  const { carries, sequences, reverse } = attrs;
  const length: Size = all.map((a) => a.length);
  const fixed = inputs.slice(carries + sequences);
  const moving = inputs.slice(carries, carries + sequences);
  // Scan needs a sequence: without one, it runs over the iteration numbers.
  const rounds = sequences > 0 ? [] : [e.node('Expand', [e.scalar(0, 'int32'), e.size(length)])];
  const given: Result[] = [...inputs.slice(0, carries), ...moving.map(sliced)];
  const extra = rounds.map(() => scalarInfo(e.named('round'), 'int32'));
  const programs = all.map((a) => a.body);
  const graph = graphOf(e, 'body', given, (values) => write(programs, [...values, ...fixed]));
  const body = { ...graph, input: [...graph.input!, ...extra] };
  const scanned = results.length - carries;
  const backwards = (count: number): number[] => range(count).map(() => 1);
  const names = e.nodes(
    'Scan',
    [...inputs.slice(0, carries + sequences).map((x) => stored(e, x)), ...rounds],
    {
      body,
      num_scan_inputs: Math.max(sequences, 1),
      ...(reverse && { scan_input_directions: backwards(Math.max(sequences, 1)) }),
      ...(reverse && scanned > 0 && { scan_output_directions: backwards(scanned) }),
    },
    results.length,
  );
  return names.map((name, k) => held(e, name, results[k]));
};

interface WhileAttrs {
  readonly condition: Program;
  readonly body: Program;
  readonly carries: number;
}
const whileLoop: LowerControl = (work: Work<WhileAttrs>, write) => {
  const { e, attrs, inputs, all, results } = work;
  const { carries } = attrs;
  const fixed = inputs.slice(carries);
  const conditions = all.map((a) => a.condition);
  const bodies = all.map((a) => a.body);
  const [first] = write(conditions, inputs);
  const names = { round: e.named('round'), before: e.named('condition') };
  let after: readonly Value[] = [];
  const body = graphOf(
    e,
    'body',
    inputs.slice(0, carries),
    (values) => (after = write(bodies, [...values, ...fixed])),
    {
      inputs: [scalarInfo(names.round, 'int64'), scalarInfo(names.before, 'bool')],
      outputs: () => {
        const [again] = write(conditions, [...after, ...fixed]);
        return [scalarInfo(e.node('Identity', [stored(e, again)]), 'bool')];
      },
    },
  );
  const outputs = e.nodes(
    'Loop',
    ['', stored(e, first), ...inputs.slice(0, carries).map((x) => stored(e, x))],
    { body },
    results.length,
  );
  return outputs.map((name, k) => held(e, name, results[k]));
};

const switchCase: LowerControl = (work: Work<{ readonly branches: readonly Program[] }>, write) => {
  const { e, attrs, inputs, all, results } = work;
  const [index, ...operands] = inputs;
  const branch = (k: number): readonly Value[] =>
    write(
      all.map((a) => a.branches[k]),
      operands,
    );
  const from = (k: number): readonly Value[] => {
    if (k === attrs.branches.length - 1) return branch(k);
    const condition = e.node('Equal', [stored(e, index), e.scalar(k, 'int32')]);
    const names = e.nodes(
      'If',
      [condition],
      {
        then_branch: graphOf(e, `branch_${k}`, [], () => branch(k)),
        else_branch: graphOf(e, `after_branch_${k}`, [], () => from(k + 1)),
      },
      results.length,
    );
    return names.map((name, n) => held(e, name, results[n]));
  };
  return from(0);
};

/** Primitives that run programs. */
export const controlTable: Readonly<Record<string, LowerControl>> = {
  call: ({ all, inputs }, write) =>
    write(
      all.map((a) => a.program),
      inputs,
    ),
  barrier: ({ inputs }) => inputs.map((x) => ({ ...x })),
  scan,
  while: whileLoop,
  switch: switchCase,
};
