import { fail } from '../base/errors.ts';
import type { Executable, Timing } from '../devices/device.ts';
import { graphOf } from '../models/functional/graph-of.ts';
import type { Model } from '../models/index.ts';
import { zeros } from '../ops/index.ts';
import { timeKernels } from '../runtime/execute.ts';
import { jit, type Tensor } from '../tensor/index.ts';
import { forward } from '../training/trainable.ts';
import type { StudioStep } from './protocol.ts';

/** The compiled training step, or, if nothing has been trained yet, the prediction step. */
export async function compiledStep(model: Model<any>, timed: boolean, batch = 1): Promise<StudioStep> {
  const trained = model.compiled ? model.trainFunction : undefined;
  if (trained?.executable) return told('train', trained.executable, timed);
  const graph =
    graphOf(model) ?? fail(model, 'its step is not compiled before it ran', 'train it, or open a functional model');
  const inputs = graph.inputs.map(({ symbolicShape, dtype }) =>
    zeros([batch, ...symbolicShape.slice(1).map((n) => n ?? 16)], { dtype }),
  );
  const predict = jit((...x: Tensor[]) => model[forward](x.length === 1 ? x[0] : x, false), { name: 'predict' });
  return told('predict', predict.compile(...inputs), timed);
}

async function told(name: string, executable: Executable, timed: boolean): Promise<StudioStep> {
  const { program, kernels, scratchBytes } = executable;
  const timing = timed ? await timeOf(executable) : undefined;
  const ms = timing && 'ms' in timing ? timing.ms : undefined;
  return {
    kind: 'step',
    name,
    equations: program.equations.length,
    scratchBytes,
    kernels: kernels.map(({ name: kernel, fused, output, bytes, flops, scopes, from, scratch }, k) => ({
      name: kernel,
      fused,
      output,
      bytes,
      flops,
      from,
      forward: scopes.flatMap(({ path, isBackward }) => (isBackward ? [] : [within(path)])),
      backward: scopes.flatMap(({ path, isBackward }) => (isBackward ? [within(path)] : [])),
      scratch,
      ms: ms?.[k],
    })),
    timed: timing && 'where' in timing ? timing.where : undefined,
    untimed: timing && 'untimed' in timing ? timing.untimed : undefined,
  };
}

/** A path without the model's own name, as the page identifies nodes. */
const within = (path: string): string => (path.startsWith(':') ? path : path.replace(/^[^/]*\/?/, ''));

/** Timed on zeros, since the batch that it ran on may be gone. */
async function timeOf(executable: Executable): Promise<Timing> {
  const inputs = executable.program.inputs.map(({ shape, dtype }) => zeros(shape, { dtype }));
  return timeKernels(executable, inputs);
}
