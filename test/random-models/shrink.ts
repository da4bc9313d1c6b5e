import { type LayerCall, type ModelDescription, perOutput } from './description.ts';

/**
 * A smaller description that still fails, made by leaving out and simplifying as long as that helps. `fails` says whether a
 * candidate, which may be no valid model, fails in the same way.
 */
export async function shrink(
  description: ModelDescription,
  fails: (candidate: ModelDescription) => Promise<boolean>,
  { milliseconds = 60_000 } = {},
): Promise<ModelDescription> {
  const until = performance.now() + milliseconds;
  let smallest = description;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of simpler(smallest)) {
      if (performance.now() > until) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Descriptions that are simpler by one thing, the boldest first. */
function* simpler(d: ModelDescription): Generator<ModelDescription> {
  for (const k of d.outputs.keys()) if (d.outputs.length > 1) yield tidy({ ...d, outputs: without(d.outputs, k) });
  for (const k of [...d.calls.keys()].reverse()) yield* bypassed(d, k);
  if (d.policy) {
    const { policy: _, ...rest } = d;
    yield rest;
  }
  const sgd = { class_name: 'SGD', config: { learning_rate: 0.1 } };
  if (JSON.stringify(d.optimizer) !== JSON.stringify(sgd)) yield { ...d, optimizer: sgd };
  for (const [k, output] of d.outputs.entries()) {
    const { metrics, ...rest } = output;
    const replaced = (by: typeof output) => ({ ...d, outputs: d.outputs.with(k, by) });
    if (metrics) yield replaced(rest);
    const plain = { ...rest, loss: { class_name: 'MeanSquaredError' }, labels: 'any' } as const;
    if (output.loss.class_name !== 'MeanSquaredError') yield replaced(plain);
  }
  for (const batch of smaller(d.batch)) yield { ...d, batch };
  for (const [k, input] of d.inputs.entries())
    for (const [axis, n] of input.shape.entries())
      for (const size of smaller(n)) {
        const shape = input.shape.with(axis, size);
        yield { ...d, inputs: d.inputs.with(k, { ...input, shape }) };
      }
  for (const [k, call] of d.calls.entries()) {
    if (typeof call.layer === 'number') continue;
    for (const config of simplerConfigs(call.layer.config ?? {}))
      yield { ...d, calls: d.calls.with(k, { ...call, layer: { ...call.layer, config } }) };
  }
  for (const config of simplerConfigs(d.optimizer.config ?? {})) yield { ...d, optimizer: { ...d.optimizer, config } };
}
const without = <T>(list: readonly T[], k: number): T[] => list.filter((_, n) => n !== k);
const smaller = (n: number): number[] => [...new Set([1, 2, Math.floor(n / 2), n - 1])].filter((m) => m >= 1 && m < n);

function* simplerConfigs(config: Readonly<Record<string, unknown>>): Generator<Record<string, unknown>> {
  for (const [key, value] of Object.entries(config)) {
    const { [key]: _, ...rest } = config;
    yield rest;
    if (typeof value === 'number' && Number.isInteger(value))
      for (const n of smaller(value)) yield { ...config, [key]: n };
    if (Array.isArray(value))
      for (const [k, n] of value.entries())
        if (typeof n === 'number') for (const m of smaller(n)) yield { ...config, [key]: value.with(k, m) };
    if (typeof value === 'object' && value !== null && 'class_name' in value) {
      const inner = value as { config?: Record<string, unknown> };
      for (const simple of simplerConfigs(inner.config ?? {})) yield { ...config, [key]: { ...value, config: simple } };
    }
  }
}

/** The description without a call: what it gave is replaced by what it was called on. */
function* bypassed(d: ModelDescription, k: number): Generator<ModelDescription> {
  const call = d.calls[k]!;
  const own = d.inputs.length + k;
  for (const source of new Set(call.on.flat())) {
    const moved = (n: number): number => {
      const base = n % perOutput;
      return base === own ? source : base > own ? n - 1 : n;
    };
    const calls = without(d.calls, k).map((c): LayerCall => {
      const on = c.on.map((x) => (typeof x === 'number' ? moved(x) : x.map(moved)));
      if (typeof c.layer !== 'number') return { layer: c.layer, on };
      // Calls of the same layer again take it from the one that is left out.
      return { layer: c.layer === k ? call.layer : c.layer > k ? c.layer - 1 : c.layer, on };
    });
    yield tidy({ ...d, calls, outputs: d.outputs.map((o) => ({ ...o, tensor: moved(o.tensor) })) });
  }
}

/** The description without inputs that nothing uses. */
function tidy(d: ModelDescription): ModelDescription {
  const used = new Set([...d.calls.flatMap(({ on }) => on.flat()), ...d.outputs.map(({ tensor }) => tensor)]);
  const k = d.inputs.findLastIndex((_, n) => !used.has(n));
  if (k < 0 || d.inputs.length === 1) return d;
  const moved = (n: number): number => (n % perOutput > k ? n - 1 : n);
  return tidy({
    ...d,
    inputs: without(d.inputs, k),
    calls: d.calls.map(({ layer, on }) => ({
      layer,
      on: on.map((x) => (typeof x === 'number' ? moved(x) : x.map(moved))),
    })),
    outputs: d.outputs.map((o) => ({ ...o, tensor: moved(o.tensor) })),
  });
}
