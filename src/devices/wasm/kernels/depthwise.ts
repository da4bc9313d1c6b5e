import { type Local, load, type ModuleBuilder, type Operand, op } from '../encoder/index.ts';
import { all, type ConvSpec, locate, plus, product, times, unflatten } from './conv-geometry.ts';
import { multiplyAdd } from './micro-kernel.ts';
import type { ProductKernel } from './tiled-product.ts';

/** Whether each group makes one output channel and groups lie side by side, in x and in w. */
export function isDepthwise({ groups, outputs, x, w }: ConvSpec): boolean {
  return groups >= 4 && outputs === 1 && x.group === 1 && w.group === 1;
}

/** Vectors of channels in registers at a time. */
const vectors = 8;

/**
 * A depthwise convolution: lanes are channels (groups), the sums of up to 32 channels of one output position stay in
 * registers while the window is walked through. Threads share the positions.
 */
export function depthwise(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel {
  const { axes, batch, groups, inputs, x, w } = spec;
  const f = module.func(name, Array(5 + spec.extra).fill('i32'));
  const [threadIndex, threadCount, source, window] = f.params as [Local, Local, Local, Local];
  const int = () => f.local('i32');
  const sizes = [batch, ...axes.map((a) => a.out)];
  const whole = Math.floor(groups / 4);
  const chunks = Math.ceil(groups / (4 * vectors));
  const total = product(sizes) * chunks;
  const unit = f.let('i32', op('i32.div_u', op('i32.mul', threadIndex, total), threadCount));
  const end = f.let('i32', op('i32.div_u', op('i32.mul', op('i32.add', threadIndex, 1), total), threadCount));
  const sums = Array.from({ length: vectors }, () => f.local('v128'));
  const [row, channel, tap, taps, column] = [int(), int(), int(), product(axes.map((a) => a.w)), int()];
  const zero = f.let('i32', 0);
  const [xs, ws] = [f.local('v128'), f.local('v128')];
  const windowStart = axes.reduce((sum, a) => sum + (a.flip ? (a.w - 1) * a.wStride : 0), w.start ?? 0);

  /** The sums of `count` vectors from `channel` on. */
  const chunk = (count: number, lanesOfLast: 1 | 2 | 3 | 4, q: Operand[], base: Local) => {
    for (let v = 0; v < count; v++) f.set(sums[v]!, 0, 'f32x4');
    f.for(tap, 0, taps * inputs, 1, () => {
      f.scope(() => {
        const [c, ...k] = unflatten(f, tap, [inputs, ...axes.map((a) => a.w)]) as [Operand, ...Operand[]];
        const at = axes.map((axis, d) => {
          const s = plus(q[d]!, times(k[d]!, axis.dilation));
          return locate(axis, typeof s === 'number' ? s : f.let('i32', s));
        });
        const body = () => {
          const px = f.let('i32', plus(base, times(c, 4 * x.channel), ...at.map(({ offset }) => offset)));
          const steps = axes.map((a, d) => times(k[d]!, 4 * (a.flip ? -a.wStride : a.wStride)));
          const channels = op('i32.shl', channel, 2);
          const pw = f.let('i32', plus(window, 4 * windowStart, channels, times(c, 4 * w.input), ...steps));
          for (let v = 0; v < count; v++) {
            f.set(xs, load('v128.load', px, 16 * v));
            f.set(ws, load('v128.load', pw, 16 * v));
            multiplyAdd(f, sums[v]!, xs, ws);
          }
        };
        const inside = all(at.map((position) => position.inside));
        if (inside === 1) body();
        else f.if(inside, body);
      });
    });
    for (let v = 0; v < count; v++)
      f.scope(() => {
        f.set(column, plus(channel, 4 * v));
        const value = f.let('v128', sums[v]!);
        const lanes = v === count - 1 ? lanesOfLast : 4;
        spec.epilogue(f, { value, row, column, batch: zero, lanes, extra: f.params.slice(5) });
      });
  };

  f.for(unit, unit, end, 1, () => {
    f.scope(() => {
      f.set(row, chunks === 1 ? unit : op('i32.div_u', unit, chunks));
      f.set(channel, op('i32.mul', chunks === 1 ? 0 : op('i32.rem_u', unit, chunks), 4 * vectors));
      const [n, ...q] = unflatten(f, row, sizes) as [Operand, ...Operand[]];
      const origins = axes.map((axis, d) => f.let('i32', plus(times(q[d]!, axis.stride), -axis.low)));
      const base = f.let('i32', plus(source, times(n, 4 * x.batch), op('i32.shl', channel, 2)));
      const restVectors = Math.ceil((groups - (chunks - 1) * 4 * vectors) / 4);
      const restLanes = (groups % 4 || 4) as 1 | 2 | 3 | 4;
      const rest = () => chunk(restVectors, restLanes, origins, base);
      if (chunks === 1) rest();
      else if (restVectors === vectors && whole * 4 === groups) chunk(vectors, 4, origins, base);
      else f.if(op('i32.lt_u', channel, (chunks - 1) * 4 * vectors), () => chunk(vectors, 4, origins, base), rest);
    });
  });
  return { function: f, workspace: () => 0 };
}
