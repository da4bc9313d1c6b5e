import type { StudioKernel, StudioStep } from '../../src/studio/protocol.ts';
import type { Family } from '../model/families.ts';
import type { Item } from '../model/items.ts';
import { short } from '../parts/format.ts';

/** The path of layer names to an item, without blocks, as in the scopes of kernels. */
export function pathOf(item: Item): string {
  const names: string[] = [];
  for (let at: Item | undefined = item; at?.parent; at = at.parent) if (at.kind !== 'block') names.unshift(at.name);
  return names.join('/');
}
/** The path of an item; those of its members where it is a block. */
const pathsOf = (item: Item): readonly string[] =>
  item.kind === 'block' ? (item.inside()?.items ?? []).flatMap(pathsOf) : [pathOf(item)];

/** A kernel of the step, by its number, and whether it computes results, gradients or both of what was asked for. */
export interface Part {
  readonly kernel: StudioKernel;
  readonly number: number;
  readonly isForward: boolean;
  readonly isBackward: boolean;
}
/** Whether kernels compute results or gradients of an item or its contents. */
function rolesFor(item: Item): (kernel: StudioKernel) => { isForward: boolean; isBackward: boolean } {
  const paths = pathsOf(item);
  const isOf = (path: string): boolean => paths.some((own) => own === '' || path === own || path.startsWith(`${own}/`));
  return ({ forward, backward }) => ({ isForward: forward.some(isOf), isBackward: backward.some(isOf) });
}
/** The kernels that compute something for an item or its contents. */
export function kernelsOf({ kernels }: StudioStep, item: Item): readonly Part[] {
  const roleOf = rolesFor(item);
  return kernels
    .map((kernel, number) => ({ kernel, number, ...roleOf(kernel) }))
    .filter(({ isForward, isBackward }) => isForward || isBackward);
}

/** The share of a kernel in the step: by time if it was measured, otherwise by operations and bytes. */
export const weightOf = (kernel: StudioKernel): number => kernel.ms ?? kernel.flops + kernel.bytes / 4;

/** The name of a kernel, with ∂ if it computes only gradients of the item around it. */
export function titleOf(kernel: StudioKernel, { parent }: Item): string {
  const { isForward, isBackward } = rolesFor(parent!)(kernel);
  return `${isBackward && !isForward ? '∂ ' : ''}${kernel.name}`;
}
/** Its cost in short: milliseconds if they were measured. */
export const costOf = ({ ms, flops }: StudioKernel): string =>
  ms === undefined ? `${short(flops)} FLOPs` : `${ms.toFixed(3)} ms`;

/** The colour of what a kernel mainly does. */
export const familyOfKernel = ({ name }: StudioKernel): Family =>
  /conv/.test(name)
    ? 'convolution'
    : /dot/.test(name)
      ? 'dense'
      : /sum|max|min|reduce/.test(name)
        ? 'pooling'
        : /random|threefry/.test(name)
          ? 'recurrent'
          : 'activation';
