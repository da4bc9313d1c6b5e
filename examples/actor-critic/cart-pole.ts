import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** A pole that stands on a cart: Barto, Sutton and Anderson (1983), with the numbers of Gym's CartPole-v1. */
const [gravity, cartMass, poleMass, halfLength, force, seconds] = [9.8, 1, 0.1, 0.5, 10, 0.02];
export const farthest = 2.4;
export const steepest = (12 * Math.PI) / 180;
/** After this many steps an episode ends successfully. */
export const longest = 500;

/** What follows of states `[n, 4]` (place, speed, angle, turning) and actions `[n]` (0: push left, 1: push right). */
export function next(states: keras.Tensor, actions: keras.Tensor): keras.Tensor {
  const [x, speed, angle, turning] = ops.unstack(states, { axis: 1 }) as keras.Tensor[];
  const push = ops.multiply(ops.subtract(ops.multiply(ops.cast(actions, 'float32'), 2), 1), force);
  const [sine, cosine] = [ops.sin(angle!), ops.cos(angle!)];
  const mass = cartMass + poleMass;
  const swing = ops.multiply(ops.multiply(ops.square(turning!), sine), poleMass * halfLength);
  const pushed = ops.divide(ops.add(push, swing), mass);
  const turn = ops.divide(
    ops.subtract(ops.multiply(sine, gravity), ops.multiply(cosine, pushed)),
    ops.multiply(ops.subtract(4 / 3, ops.multiply(ops.square(cosine), poleMass / mass)), halfLength),
  );
  const drive = ops.subtract(pushed, ops.multiply(ops.multiply(turn, cosine), (poleMass * halfLength) / mass));
  const moved = (value: keras.Tensor, change: keras.Tensor) => ops.add(value, ops.multiply(change, seconds));
  return ops.stack([moved(x!, speed!), moved(speed!, drive), moved(angle!, turning!), moved(turning!, turn)], {
    axis: 1,
  });
}

/** Whether the pole has fallen or the cart left its track, `[n]`. */
export function fallen(states: keras.Tensor): keras.Tensor {
  const [x, , angle] = ops.unstack(states, { axis: 1 }) as keras.Tensor[];
  return ops.logicalOr(ops.greater(ops.abs(x!), farthest), ops.greater(ops.abs(angle!), steepest));
}

/** States in which episodes begin: all near the middle, and at rest. */
export const beginnings = (n: number, seed: keras.random.SeedGenerator): keras.Tensor =>
  keras.random.uniform([n, 4], { minval: -0.05, maxval: 0.05, seed });
