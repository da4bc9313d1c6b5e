import type { StudioKernel } from '../../src/studio/protocol.ts';
import type { Item } from '../model/items.ts';
import { short } from '../parts/format.ts';
import type { Studio } from '../studio.ts';

/** Paths of layers below the outermost model, as kernels name them. */
export const pathOf = (item: Item): string[] => {
  const names: string[] = [];
  for (let at: Item | undefined = item; at?.parent; at = at.parent) if (at.kind !== 'block') names.unshift(at.name);
  return names;
};
/** Whether a kernel computes something of an item, or of what is within. */
export function isOf(kernel: StudioKernel, item: Item): boolean {
  if (item.kind === 'block') return item.inside()?.items.some((each) => isOf(kernel, each)) ?? false;
  const path = pathOf(item).join('/');
  return kernel.layers.some((layer) => layer === path || layer.startsWith(`${path}/`));
}

/** The kernels of the compiled step that compute something of a layer. */
export function LayerKernels({ studio, item }: { readonly studio: Studio; readonly item: Item }) {
  const { step } = studio.store;
  const own = step?.kernels.filter((kernel) => isOf(kernel, item)) ?? [];
  if (!step || own.length === 0) return null;
  const all = step.kernels.reduce((sum, k) => sum + (k.ms ?? 0), 0);
  const ms = own.reduce((sum, k) => sum + (k.ms ?? 0), 0);
  return (
    <section>
      <h3>
        Kernels{' '}
        <small>
          {all > 0
            ? `${ms.toPrecision(3)} ms, ${((100 * ms) / all).toPrecision(2)} % of the step`
            : 'of the compiled step'}
        </small>
      </h3>
      {own.map((kernel, k) => (
        <p class="line" key={k}>
          <code>{kernel.name}</code>
          <em>{kernel.ms === undefined ? `${short(kernel.flops)} FLOPs` : `${kernel.ms.toPrecision(3)} ms`}</em>
        </p>
      ))}
    </section>
  );
}
