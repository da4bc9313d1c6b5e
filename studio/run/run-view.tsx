import { useState } from 'preact/hooks';
import type { StudioAnswers } from '../../src/studio/protocol.ts';
import { duration, figure } from '../parts/format.ts';
import { Guarded } from '../parts/guarded.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Run } from '../store.ts';
import type { Studio } from '../studio.ts';
import { type Axis, ChartCard } from './chart-card.tsx';
import { chartsOf } from './charts.ts';
import { HistogramsOverTime } from './histograms.tsx';
import { Notes } from './notes.tsx';
import { RunTable } from './run-table.tsx';

/** The runs: curves, state, histograms over time, notes. */
export function RunView({ studio }: { readonly studio: Studio }) {
  const { store } = studio;
  const all = [...store.runs.values()];
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [axis, setAxis] = useState<Axis>({ by: 'epochs', smoothing: 0.6, isLog: false });
  const shown = all.filter(({ name }) => !hidden.has(name));
  const colorOf = (run: string): number => (all.findIndex(({ name }) => name === run) % 6) + 1;
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  const current = shown.at(-1);
  // A run of TensorBoard has its histograms in one folder and its validation in another.
  const withHistograms = shown.findLast(({ histograms }) => histograms.length > 0);
  const withNotes = shown.findLast(({ notes }) => notes.length > 0);
  const suffix = (run: Run): string => (all.length > 1 ? ` · ${run.name}` : '');
  return (
    <div class="run-view">
      <div class="tools">
        <fieldset class="choice" aria-label="Along">
          {(['epochs', 'steps', 'seconds'] as const).map((by) => (
            <button type="button" key={by} aria-pressed={axis.by === by} onClick={() => setAxis({ ...axis, by })}>
              {by === 'seconds' ? 'time' : by}
            </button>
          ))}
        </fieldset>
        <label>
          smoothing
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            value={axis.smoothing}
            aria-label="Smoothing of batches"
            onInput={(event) => setAxis({ ...axis, smoothing: event.currentTarget.valueAsNumber })}
          />
          <code>{axis.smoothing.toFixed(2)}</code>
        </label>
        <label>
          <input
            type="checkbox"
            checked={axis.isLog}
            onChange={(event) => setAxis({ ...axis, isLog: event.currentTarget.checked })}
          />{' '}
          log scale
        </label>
        {current && <Controls studio={studio} run={current} />}
      </div>
      {current && <Standing run={current} />}
      {store.damaged > 0 && <p class="hint bad">Damaged lines of the logs, left out: {store.damaged}.</p>}
      {(all.length > 1 || all.some(({ start }) => start?.hyperparameters)) && (
        <RunTable runs={all} hidden={hidden} colorOf={colorOf} onToggle={toggle} />
      )}
      <div class="charts">
        {chartsOf(shown).map((chart) => (
          <Guarded key={chart.title} what={chart.title}>
            <ChartCard chart={chart} axis={axis} colorOf={colorOf} version={store.version} />
          </Guarded>
        ))}
      </div>
      {withHistograms && <HistogramsOverTime run={withHistograms} suffix={suffix(withHistograms)} />}
      {withNotes && <Notes run={withNotes} title={`Notes${suffix(withNotes)}`} />}
    </div>
  );
}

/** The progress of a run. */
function Standing({ run }: { readonly run: Run }) {
  const epochs = run.start?.epochs;
  const done = run.epochs.get('loss')?.values.length ?? 0;
  const steps = run.start?.steps;
  const part = epochs ? Math.min(1, steps ? run.step / (steps * epochs) : done / epochs) : 0;
  const stepTime = run.epochs.get('step_time_ms')?.values.at(-1);
  return (
    <div class="standing">
      <b class={`state ${run.state ?? ''}`}>{run.state ?? 'read from a file'}</b>
      <span>{run.name}</span>
      {epochs !== undefined && (
        <span>
          epoch {Math.min(epochs, run.epoch + 1)} of {epochs}
        </span>
      )}
      <span>{run.step} steps</span>
      {run.start && <span>{duration(Math.max(0, run.last - run.start.time) / 1000)}</span>}
      {stepTime !== undefined && <span>{figure(stepTime)} ms a step</span>}
      {epochs !== undefined && <progress value={part} max={1} aria-label="Progress of the run" />}
    </div>
  );
}

/** Pause, stop, change the learning rate: if the run allows it. */
function Controls({ studio, run }: { readonly studio: Studio; readonly run: Run }) {
  const [rate, setRate] = useState('');
  if (!studio.can('control') || !run.start?.controls || run.state === 'ended' || run.state === undefined) return null;
  const act = (what: StudioAnswers['control']['ask']) => void studio.ask('control', what);
  const isPaused = run.state === 'paused';
  return (
    <div class="controls">
      <button type="button" onClick={() => act({ action: isPaused ? 'resume' : 'pause' })}>
        <Icon name={isPaused ? 'play' : 'pause'} /> {isPaused ? 'Go on' : 'Pause'}
      </button>
      <button type="button" onClick={() => act({ action: 'stop' })}>
        <Icon name="stop" /> Stop
      </button>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (Number(rate) >= 0 && rate !== '') act({ learningRate: Number(rate) });
        }}
      >
        <input
          type="text"
          inputMode="decimal"
          placeholder="learning rate"
          aria-label="New learning rate"
          value={rate}
          onInput={(event) => setRate(event.currentTarget.value)}
        />
        <button type="submit" disabled={rate === '' || !(Number(rate) >= 0)}>
          Set
        </button>
      </form>
    </div>
  );
}
