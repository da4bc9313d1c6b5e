import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** Side of the patches, in pixels. */
const patch = 7;
/** Pixels by which pictures are mirrored at their edges, which would otherwise be in few patches, and change as they like. */
const margin = 3;

/**
 * Random directions in which patches are seen, filters of a convolution of length 1: a pattern in one colour each. In a different colour
 * at each pixel, as chance would have it, they would hardly see whether colours are right: most of what patches differ in is light.
 */
export function randomDirections(count: number, seed: keras.SeedGenerator): keras.Tensor {
  const pattern = keras.random.normal([patch, patch, 1, count], { seed });
  const filters = ops.multiply(pattern, keras.random.normal([1, 1, 3, count], { seed }));
  return ops.divide(filters, ops.sqrt(ops.sum(ops.square(filters), { axis: [0, 1, 2], keepdims: true })));
}

/**
 * How differently the patches of two pictures `[1, side, side, 3]` are distributed: the sliced Wasserstein distance, squared. In one
 * direction a patch is a number, and two sets of numbers are as far apart as the smallest is from the smallest, the second from the
 * second, and so on: they are sorted, and subtracted.
 */
export function patchDistance(a: keras.Tensor, b: keras.Tensor, directions: keras.Tensor): keras.Tensor {
  const sorted = (picture: keras.Tensor): keras.Tensor => {
    const seen = ops.transpose(ops.conv(picture, directions, { padding: 'valid' }), { axes: [3, 0, 1, 2] });
    return ops.sort(ops.reshape(seen, [directions.shape[3]!, -1]), { axis: -1 });
  };
  return ops.mean(ops.square(ops.subtract(sorted(a), sorted(b))));
}

export interface RedrawOptions {
  /** Side of the first, coarsest picture. Shapes of the start that are larger than a patch there stay. */
  readonly coarsest: number;
  /** Steps at the last side; coarser ones get more. */
  readonly steps?: number;
  /** Directions of each step. */
  readonly directions?: number;
  readonly learningRate?: number;
  readonly seed?: number;
}
/** How far the work is. */
export interface Stage {
  /** `[1, side, side, 3]`, about 0 to 1. */
  readonly picture: keras.Tensor;
  readonly side: number;
  /** Steps that are done, and all there are. */
  readonly step: number;
  readonly of: number;
  readonly distance: keras.Tensor;
}

const mirrored = [
  [0, 0],
  [margin, margin],
  [margin, margin],
  [0, 0],
] as const;

/** Sides from coarse to fine, each about one and a half times the one before, with the steps at each. */
function stagesOf(side: number, coarsest: number, steps: number): { side: number; steps: number }[] {
  const count = Math.max(1, Math.round(Math.log(side / coarsest) / Math.log(1.5)));
  return Array.from({ length: count + 1 }, (_, k) => {
    const at = Math.round(coarsest * (side / coarsest) ** (k / count));
    return { side: at, steps: Math.round(steps * (side / at) ** 0.75) };
  });
}

/**
 * Redraws a picture with the patches of another, both `[1, side, side, 3]` from 0 to 1, and gives it after each step. From coarse to
 * fine, its pixels are moved so that its patches come to be distributed as those of the other are (https://arxiv.org/abs/2203.11862).
 */
export function* redraw(
  start: keras.Tensor,
  manner: keras.Tensor,
  { coarsest, steps = 60, directions = 32, learningRate = 0.03, seed = 7 }: RedrawOptions,
): Generator<Stage> {
  const seeds = new keras.SeedGenerator({ seed });
  const stages = stagesOf(start.shape[1]!, coarsest, steps);
  const of = stages.reduce((sum, stage) => sum + stage.steps, 0);
  let [from, done] = [start, 0];
  for (const { side, steps } of stages) {
    const sized = (picture: keras.Tensor): keras.Tensor =>
      ops.pad(ops.image.resize(picture, [side, side], { antialias: true }), mirrored, { mode: 'symmetric' });
    const inner = { slice: [margin, margin + side] } as const;
    const cut = (picture: keras.Tensor): keras.Tensor => ops.getItem(picture, [{ slice: [0, 1] }, inner, inner]);
    const picture = new keras.Variable(sized(from), { name: `picture_${side}` });
    const target = sized(manner);
    const optimizer = new keras.optimizers.Adam({
      learningRate: new keras.optimizers.schedules.CosineDecay({
        initialLearningRate: learningRate,
        decaySteps: steps,
        alpha: 0.02,
      }),
    });
    optimizer.build([picture]);
    const move = keras.jit((): keras.Tensor => {
      const filters = randomDirections(directions, seeds);
      const { value, gradients } = keras.gradients(() => patchDistance(picture.value, target, filters), [picture]);
      optimizer.apply(gradients, [picture]);
      return value;
    });
    for (let step = 0; step < steps; step++) {
      const distance = move();
      yield { picture: cut(picture.value), side, step: ++done, of, distance };
    }
    from = ops.clip(cut(picture.value), 0, 1);
  }
}
