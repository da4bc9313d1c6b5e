import type { Curve, Run } from '../store.ts';

/** A chart: what it shows of every run. */
export interface Chart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
}
export interface ChartLine {
  readonly run: Run;
  /** Of batches, of epochs, or of epochs on the data for validation. */
  readonly kind: 'batch' | 'epoch' | 'validation';
  readonly curve: Curve;
}
/** The run's own measurements come last. */
export const ownLogs = ['learning_rate', 'step_time_ms', 'epoch_time_s', 'device_memory_mb'];
const titles: Readonly<Record<string, string>> = {
  learning_rate: 'learning rate',
  step_time_ms: 'time of a step, ms',
  epoch_time_s: 'time of an epoch, s',
  device_memory_mb: 'memory of the device, MB',
};

/** A chart for each name in the logs, `val_` beside its own. */
export function chartsOf(runs: readonly Run[]): Chart[] {
  const names = new Set(
    runs.flatMap((run) => [...run.epochs.keys(), ...run.batches.keys()]).map((name) => name.replace(/^val_/, '')),
  );
  const place = (name: string): number => (name === 'loss' ? -1 : ownLogs.indexOf(name) + 1);
  return [...names]
    .sort((a, b) => place(a) - place(b))
    .map((name) => ({
      title: titles[name] ?? name,
      lines: runs.flatMap((run): ChartLine[] => {
        const [batch, epoch, validation] = [run.batches.get(name), run.epochs.get(name), run.epochs.get(`val_${name}`)];
        return [
          ...(batch ? [{ run, kind: 'batch' as const, curve: batch }] : []),
          ...(epoch ? [{ run, kind: 'epoch' as const, curve: epoch }] : []),
          ...(validation ? [{ run, kind: 'validation' as const, curve: validation }] : []),
        ];
      }),
    }));
}
