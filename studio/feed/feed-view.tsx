import { useState } from 'preact/hooks';
import type { StudioActivation, StudioFeed } from '../../src/studio/protocol.ts';
import type { ModelItems } from '../model/items.ts';
import { figure, shapeText } from '../parts/format.ts';
import { Histogram } from '../parts/histogram.tsx';
import { encodeFloats, readNpy } from '../parts/numbers.ts';
import type { Studio } from '../studio.ts';
import { DrawPad } from './draw-pad.tsx';
import { imageFloats } from './image-floats.ts';
import { ActivationMaps } from './maps.tsx';

interface FeedViewProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  readonly activations: readonly StudioActivation[];
  readonly onFed: (activations: readonly StudioActivation[]) => void;
  readonly onGo: (path: string) => void;
}
const ranges = { '0 to 1': [0, 1], '−1 to 1': [-1, 1], '0 to 255': [0, 255] } as const;

/** Feeds the model something, and shows what every layer makes of it. */
export function FeedView({ studio, model, activations, onFed, onGo }: FeedViewProps) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [range, setRange] = useState<keyof typeof ranges>('0 to 1');
  const [seed, setSeed] = useState(0);
  const input = model.root.node.inputs[0];
  const sizes = input?.shape.slice(1).map((n) => n ?? 16) ?? [];
  const isImage = sizes.length === 3 && [1, 3].includes(sizes[2]!);
  const [low, high] = ranges[range];

  const feed = async (make: () => Promise<StudioFeed> | StudioFeed) => {
    setBusy(true);
    setProblem(undefined);
    try {
      onFed((await studio.ask('feed', await make())).activations);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  const feedFile = async (file: File): Promise<StudioFeed> => {
    if (!file.name.endsWith('.npy')) return { data: encodeFloats(await imageFloats(file, sizes, low, high)) };
    const { values } = readNpy(await file.arrayBuffer());
    const count = sizes.reduce((n, s) => n * s, 1);
    if (values.length < count) throw new Error(`${file.name} holds ${values.length} numbers, a sample has ${count}`);
    return { data: encodeFloats(values.slice(0, count)) };
  };
  const bad = activations.filter(({ histogram }) => histogram.nan + histogram.infinite > 0).length;
  const dead = activations.filter((a) => a.channels > 1 && a.dead > 0).length;
  return (
    <div class="feed-view">
      <aside class="feeding">
        <h2>Feed an input</h2>
        <p class="hint">
          {input ? `The model takes ${shapeText(input.shape)}.` : 'The model does not describe its inputs.'}
        </p>
        <button type="button" disabled={isBusy} onClick={() => feed(() => ({ random: seed }))}>
          Random numbers
        </button>
        <label>
          seed{' '}
          <input
            type="number"
            min="0"
            value={seed}
            onInput={(event) => setSeed(Math.max(0, event.currentTarget.valueAsNumber || 0))}
          />
        </label>
        <label class="file">
          {isImage ? 'A picture or .npy' : 'A .npy file, its first sample'}
          <input
            type="file"
            accept={isImage ? 'image/*,.npy' : '.npy'}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void feed(() => feedFile(file));
            }}
          />
        </label>
        {isImage && (
          <>
            <label>
              values{' '}
              <select value={range} onChange={(event) => setRange(event.currentTarget.value as keyof typeof ranges)}>
                {Object.keys(ranges).map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
            <DrawPad disabled={isBusy} onDrawn={(file) => feed(() => feedFile(file))} />
          </>
        )}
        {problem && <p class="hint bad">{problem}</p>}
      </aside>
      <div class="activations">
        {activations.length === 0 && (
          <p class="empty">{isBusy ? 'Computing…' : 'The output of each layer is shown here.'}</p>
        )}
        {activations.length > 0 && (
          <p class="standing">
            <b>{activations.length} layers</b>
            <span class={bad > 0 ? 'bad' : undefined}>
              {bad > 0 ? `${bad} with NaN or infinities` : 'no NaN, no infinities'}
            </span>
            <span>{dead > 0 ? `${dead} with channels that are zero everywhere` : 'no dead channels'}</span>
          </p>
        )}
        <div class="charts small">
          {activations.map((a) => (
            <article
              class={`chart${a.histogram.nan + a.histogram.infinite > 0 ? ' is-bad' : ''}`}
              key={a.id}
              data-activation={a.id}
            >
              <header>
                <button type="button" class="plain" onClick={() => onGo(a.id)} title={a.id}>
                  {a.id.split('/').at(-1)}
                </button>
                <code>{shapeText(a.shape.slice(1))}</code>
              </header>
              {a.maps && <ActivationMaps of={a.maps} />}
              <Histogram of={a.histogram} height={44} />
              <p class="moments">
                <span>mean {figure(a.histogram.mean)}</span>
                <span>σ {figure(a.histogram.deviation)}</span>
                {a.histogram.nan > 0 && <span class="bad">{a.histogram.nan} NaN</span>}
                {a.histogram.infinite > 0 && <span class="bad">{a.histogram.infinite} infinite</span>}
                {a.channels > 1 && a.dead > 0 && (
                  <span class="warn">
                    {a.dead} of {a.channels} dead
                  </span>
                )}
              </p>
            </article>
          ))}
        </div>
      </div>
    </div>
  );
}
