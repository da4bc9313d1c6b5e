import { useEffect, useState } from 'preact/hooks';
import type { StudioKernel, StudioStep } from '../../src/studio/protocol.ts';
import { bytes, short, whole } from '../parts/format.ts';
import type { Studio } from '../studio.ts';

type Key = 'order' | 'ms' | 'flops' | 'bytes';

/** The compiled step, kernel by kernel: what was fused, what it costs. */
export function StepView({ studio }: { readonly studio: Studio }) {
  const [step, setStep] = useState<StudioStep | undefined>(studio.store.step);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [key, setKey] = useState<Key>('order');
  const ask = (timed: boolean) => {
    setBusy(true);
    setProblem(undefined);
    studio
      .ask('step', { timed })
      .then(setStep, (error: Error) => setProblem(error.message))
      .finally(() => setBusy(false));
  };
  useEffect(() => {
    if (!step && studio.can('step')) ask(false);
  }, []);
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
  const weight = (k: StudioKernel): number => (isTimed ? (k.ms ?? 0) : k.flops + k.bytes / 4);
  const sum = total(weight) || 1;
  const rows = kernels.map((kernel, n) => ({ kernel, n }));
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
            style={{ flexGrow: weight(k) / sum, background: `var(--family-${familyOfKernel(k)})` }}
            title={`${k.name}: ${((100 * weight(k)) / sum).toPrecision(2)} %`}
          />
        ))}
      </div>
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
                  <meter value={weight(kernel) / sum} max={Math.max(...kernels.map(weight)) / sum} />
                </td>
                <td>{short(kernel.flops)}</td>
                <td>{bytes(kernel.bytes)}</td>
                <td class="text" title={kernel.output}>
                  {kernel.output.replaceAll(',)', ')')}
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

const familyOfKernel = ({ name }: StudioKernel): string =>
  /conv/.test(name)
    ? 'convolution'
    : /dot/.test(name)
      ? 'dense'
      : /sum|max|min|reduce/.test(name)
        ? 'pooling'
        : /random|threefry/.test(name)
          ? 'recurrent'
          : 'activation';
