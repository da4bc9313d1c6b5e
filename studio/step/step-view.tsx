import { useState } from 'preact/hooks';
import type { StudioKernel } from '../../src/studio/protocol.ts';
import type { Item, ModelItems } from '../model/items.ts';
import { byPath } from '../model/marks.ts';
import { bytes, short, whole } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import type { Studio } from '../studio.ts';
import { familyOfKernel, kernelsOf, weightOf } from './kernels.ts';
import { LayerLinks } from './layer-links.tsx';
import { MemoryCurve } from './memory-curve.tsx';
import { useStep } from './use-step.ts';

type Key = 'order' | 'ms' | 'flops' | 'bytes';

interface StepViewProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  /** Only the kernels of this item. */
  readonly of: Item | undefined;
  readonly onGo: (item: Item) => void;
  readonly onAll: () => void;
}

/** The compiled step, kernel by kernel: what was fused, for which layers, what it costs. */
export function StepView({ studio, model, of, onGo, onAll }: StepViewProps) {
  const { step, problem, isBusy, ask } = useStep(studio, true);
  const [key, setKey] = useState<Key>('order');
  if (!step)
    return (
      <div class="step-view">
        <p class="hint">{problem ?? 'The step is being compiled…'}</p>
        {isBusy && <div class="loading" />}
      </div>
    );
  const { kernels } = step;
  const total = (of: (k: StudioKernel) => number): number => kernels.reduce((sum, k) => sum + of(k), 0);
  const ms = total((k) => k.ms ?? 0);
  const isTimed = kernels.some((k) => k.ms !== undefined);
  const sum = total(weightOf) || 1;
  const places = byPath(model);
  const shown = of && new Set(kernelsOf(step, of).map(({ number }) => number));
  const rows = kernels.map((kernel, n) => ({ kernel, n })).filter(({ n }) => !shown || shown.has(n));
  if (key !== 'order') rows.sort((a, b) => (b.kernel[key] ?? 0) - (a.kernel[key] ?? 0));
  const head = (name: Key, title: string) => (
    <th aria-sort={key === name ? 'descending' : undefined}>
      <button type="button" class="plain" onClick={() => setKey(name)}>
        {title}
      </button>
    </th>
  );
  return (
    <div class="step-view">
      <div class="standing">
        <b>{step.name === 'train' ? 'Training step' : 'Prediction'}</b>
        <span>
          {whole(step.equations)} equations in {whole(kernels.length)} kernels
        </span>
        <span>{short(total((k) => k.flops))} FLOPs</span>
        <span>{bytes(total((k) => k.bytes))} moved</span>
        <span>{bytes(step.scratchBytes)} of scratch</span>
        {isTimed && (
          <span>
            {ms.toPrecision(3)} ms {step.timed}
          </span>
        )}
        {studio.can('step') && (
          <button type="button" disabled={isBusy} onClick={() => ask(true)}>
            {isBusy ? 'Measuring…' : 'Measure'}
          </button>
        )}
      </div>
      {step.untimed && <p class="hint">No milliseconds: {step.untimed}.</p>}
      {problem && <p class="hint bad">{problem}</p>}
      <div class="strip" role="img" aria-label="Share of each kernel">
        {kernels.map((k, n) => (
          <i
            key={n}
            class={shown && !shown.has(n) ? 'dim' : undefined}
            style={{ flexGrow: weightOf(k) / sum, background: `var(--family-${familyOfKernel(k)})` }}
            title={`${k.name}: ${((100 * weightOf(k)) / sum).toPrecision(2)} %`}
          />
        ))}
      </div>
      <MemoryCurve kernels={kernels} />
      {of && (
        <p class="filter">
          <span>
            {whole(rows.length)} of {whole(kernels.length)} kernels compute something for <b>{of.name}</b>
          </span>
          <button type="button" class="plain" aria-label="Show all kernels" title="Show all kernels" onClick={onAll}>
            <Icon name="close" />
          </button>
        </p>
      )}
      <div class="scroll">
        <table class="kernels">
          <thead>
            <tr>
              {head('order', '#')}
              <th>kernel</th>
              {isTimed && head('ms', 'ms')}
              <th>share</th>
              {head('flops', 'FLOPs')}
              {head('bytes', 'bytes')}
              <th class="text">output</th>
              <th class="text">for</th>
              <th class="text">fused of</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ kernel, n }) => (
              <tr key={n}>
                <td>{n}</td>
                <td class="name">
                  <i style={{ background: `var(--family-${familyOfKernel(kernel)})` }} />
                  {kernel.name}
                </td>
                {isTimed && <td>{kernel.ms?.toFixed(3)}</td>}
                <td>
                  <meter value={weightOf(kernel) / sum} max={Math.max(...kernels.map(weightOf)) / sum} />
                </td>
                <td>{short(kernel.flops)}</td>
                <td>{bytes(kernel.bytes)}</td>
                <td class="text" title={kernel.output}>
                  {kernel.output.replaceAll(',)', ')')}
                </td>
                <td class="text layers">
                  <LayerLinks
                    kernel={kernel}
                    knows={(path) => places.has(path)}
                    onGo={(path) => onGo(places.get(path)!)}
                  />
                </td>
                <td class="text fused" title={kernel.fused.join(' ')}>
                  {kernel.fused.join(' ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
