import { useEffect, useState } from 'preact/hooks';
import type { StudioWeight, StudioWeightValues } from '../../src/studio/protocol.ts';
import { figure, shapeText } from '../parts/format.ts';
import { Histogram } from '../parts/histogram.tsx';
import { Icon } from '../parts/icon.tsx';
import { decodeFloats, npyBytes, offer } from '../parts/numbers.ts';
import type { Studio } from '../studio.ts';
import { WeightImage } from './weight-image.tsx';
import { WeightTable } from './weight-table.tsx';

/** A weight: its distribution, as an image, as a table, as a file. */
export function WeightCard({ studio, weight }: { readonly studio: Studio; readonly weight: StudioWeight }) {
  const [values, setValues] = useState<StudioWeightValues | undefined>(() => studio.store.weights.get(weight.path));
  const [problem, setProblem] = useState<string>();
  const [shown, setShown] = useState<'histogram' | 'image' | 'table'>('histogram');
  useEffect(() => {
    if (values) return;
    let isStale = false;
    studio.weight(weight.path).then(
      (found) => isStale || setValues(found),
      (error: Error) => isStale || setProblem(error.message),
    );
    return () => {
      isStale = true;
    };
  }, [weight.path]);
  const floats = values?.data === undefined ? undefined : decodeFloats(values.data);
  const h = values?.histogram;
  return (
    <div class="weight">
      <div class="weight-head">
        <b>{weight.name}</b>
        <code>{shapeText(weight.shape)}</code>
        <em>{weight.dtype}</em>
        {!weight.trainable && <span class="tag">not trained</span>}
      </div>
      {problem && <p class="hint">{problem}</p>}
      {h && (
        <>
          <div class="tabs small" role="tablist">
            {(['histogram', 'image', 'table'] as const).map((name) => (
              <button
                type="button"
                role="tab"
                key={name}
                aria-selected={shown === name}
                disabled={name !== 'histogram' && !floats}
                onClick={() => setShown(name)}
              >
                {name}
              </button>
            ))}
            <button
              type="button"
              class="save"
              disabled={!floats}
              title={floats ? `${weight.path}.npy` : 'The values are not in this file: open it with "hornbeam studio"'}
              onClick={() => floats && offer(`${weight.path.replaceAll('/', '.')}.npy`, npyBytes(floats, weight.shape))}
            >
              <Icon name="save" /> .npy
            </button>
          </div>
          {shown === 'histogram' && <Histogram of={h} />}
          {shown === 'image' && floats && <WeightImage values={floats} shape={weight.shape} />}
          {shown === 'table' && floats && <WeightTable values={floats} shape={weight.shape} />}
          <p class="moments">
            <span>mean {figure(h.mean)}</span>
            <span>σ {figure(h.deviation)}</span>
            {h.zero > 0 && <span>{figure((100 * h.zero) / h.size)} % zero</span>}
            {h.nan > 0 && <span class="bad">{h.nan} NaN</span>}
            {h.infinite > 0 && <span class="bad">{h.infinite} infinite</span>}
          </p>
        </>
      )}
      {!h && !problem && <div class="loading" />}
    </div>
  );
}
