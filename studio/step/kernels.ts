import type { StudioKernel, StudioStep } from '../../src/studio/protocol.ts';
import type { Family } from '../model/families.ts';
import type { Item } from '../model/items.ts';
import { short } from '../parts/format.ts';

/** Names of layers on the way to an item, without blocks, as kernels tell whom they compute for. */
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
/** Tells whether kernels compute results or gradients of an item or of what is within it. */
function rolesFor(item: Item): (kernel: StudioKernel) => { isForward: boolean; isBackward: boolean } {
  const paths = pathsOf(item);
  const isOf = (path: string): boolean => paths.some((own) => own === '' || path === own || path.startsWith(`${own}/`));
  return ({ forward, backward }) => ({ isForward: forward.some(isOf), isBackward: backward.some(isOf) });
}
/** The kernels that compute something for an item or for what is within it. */
export function kernelsOf({ kernels }: StudioStep, item: Item): readonly Part[] {
  const roleOf = rolesFor(item);
  return kernels
    .map((kernel, number) => ({ kernel, number, ...roleOf(kernel) }))
    .filter(({ isForward, isBackward }) => isForward || isBackward);
}

/** How much of the step a kernel is: by time where that was measured, else by what it computes and moves. */
export const weightOf = (kernel: StudioKernel): number => kernel.ms ?? kernel.flops + kernel.bytes / 4;

/** What a kernel is called, with ∂ where it computes gradients alone of the item that it stands in. */
export function titleOf(kernel: StudioKernel, { parent }: Item): string {
  const { isForward, isBackward } = rolesFor(parent!)(kernel);
  return `${isBackward && !isForward ? '∂ ' : ''}${kernel.name}`;
}
/** What it costs, in a word: milliseconds where they were measured. */
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
