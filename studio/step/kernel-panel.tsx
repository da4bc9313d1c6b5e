import type { StudioKernel } from '../../src/studio/protocol.ts';
import type { Item, ModelItems } from '../model/items.ts';
import { byPath } from '../model/marks.ts';
import { Figure } from '../parts/figure.tsx';
import { bytes, short, whole } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { titleOf } from './kernels.ts';
import { LayerLinks } from './layer-links.tsx';

interface KernelPanelProps {
  readonly model: ModelItems;
  readonly item: Item;
  readonly kernel: StudioKernel;
  readonly go: (item: Item | undefined) => void;
}

/** The details of a kernel: its cost, what was fused into it, and for which layers it computes. */
export function KernelPanel({ model, item, kernel, go }: KernelPanelProps) {
  const places = byPath(model);
  return (
    <aside class="panel" aria-label={`About ${item.name}`}>
      <header>
        <div>
          <h2>{titleOf(kernel, item)}</h2>
          <p class="name">{item.name} of the compiled step</p>
        </div>
        <button type="button" class="plain" aria-label="Close (Esc)" title="Close (Esc)" onClick={() => go(undefined)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="figures">
        <Figure
          name="Time"
          value={kernel.ms === undefined ? '—' : `${kernel.ms.toPrecision(3)} ms`}
          note={kernel.ms === undefined ? 'measured in Step' : 'one run'}
        />
        <Figure name="FLOPs" value={short(kernel.flops)} note={whole(kernel.flops)} />
        <Figure name="Moved" value={bytes(kernel.bytes)} note="read and written" />
        <Figure name="Scratch" value={bytes(kernel.scratch)} note="while it runs" />
      </div>
      <section>
        <h3>Result</h3>
        <p class="line">
          <code>{kernel.output.replaceAll(',)', ')')}</code>
        </p>
      </section>
      <section>
        <h3>
          Fused <small>{kernel.fused.length === 1 ? 'one operation' : `${kernel.fused.length} operations`}</small>
        </h3>
        <p class="fused-ops">
          {kernel.fused.map((name, k) => (
            <code key={k}>{name}</code>
          ))}
        </p>
      </section>
      <section class="layers">
        <h3>Computes for</h3>
        <p class="line">
          <LayerLinks
            kernel={kernel}
            most={40}
            knows={(path) => places.has(path)}
            onGo={(path) => go(places.get(path)!)}
          />
        </p>
      </section>
    </aside>
  );
}
