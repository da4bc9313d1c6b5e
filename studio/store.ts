import type {
  StudioHistograms,
  StudioLine,
  StudioModel,
  StudioNote,
  StudioRunStart,
  StudioState,
  StudioStep,
  StudioWeightValues,
} from '../src/studio/protocol.ts';

/** A curve: values at steps, with epochs and seconds since the beginning. */
export interface Curve {
  readonly steps: number[];
  readonly epochs: number[];
  readonly seconds: number[];
  readonly values: number[];
}
/** The state of a run. */
export interface Run {
  readonly name: string;
  start: StudioRunStart | undefined;
  state: StudioState['state'] | undefined;
  /** When the last line came, in milliseconds since 1970. */
  last: number;
  epoch: number;
  step: number;
  readonly batches: Map<string, Curve>;
  readonly epochs: Map<string, Curve>;
  readonly histograms: StudioHistograms[];
  readonly notes: StudioNote[];
}

const unknown = { from: [], forward: [], backward: [], scratch: 0 };

/** Everything received so far, and the listeners to changes. */
export class Store {
  model: StudioModel | undefined;
  step: StudioStep | undefined;
  readonly weights = new Map<string, StudioWeightValues>();
  readonly runs = new Map<string, Run>();
  /** Malformed lines: of damaged files. */
  damaged = 0;
  /** Increases with every change. */
  version = 0;
  readonly #listeners = new Set<() => void>();

  listen(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }
  take(lines: readonly StudioLine[]): void {
    for (const line of lines)
      try {
        this.#line(line);
      } catch {
        this.damaged++;
      }
    this.version++;
    for (const tell of this.#listeners) tell();
  }
  #line(line: StudioLine): void {
    switch (line.kind) {
      case 'model':
        this.model = line;
        this.weights.clear();
        break;
      case 'weight':
        this.weights.set(line.path, line);
        break;
      case 'step':
        // Files of older runs contain less about kernels.
        this.step = { ...line, kernels: line.kernels.map((k) => ({ ...unknown, ...k })) };
        break;
      case 'run': {
        const run = this.#run(line.run);
        run.start = run.start
          ? { ...run.start, hyperparameters: { ...run.start.hyperparameters, ...line.hyperparameters } }
          : line;
        // Logs of other programs do not mark their end.
        run.state = line.epochs === undefined ? undefined : 'running';
        run.last = line.time;
        break;
      }
      case 'state': {
        const run = this.#run(line.run);
        run.state = line.state;
        run.last = line.time;
        break;
      }
      case 'scalars': {
        const run = this.#run(line.run);
        run.last = line.time;
        run.epoch = line.epoch;
        run.step = Math.max(run.step, line.step);
        const curves = line.of === 'batch' ? run.batches : run.epochs;
        for (const [name, value] of Object.entries(line.logs))
          [value].flat().forEach((number, k, all) => {
            const curve = curveOf(curves, all.length > 1 ? `${name}[${k}]` : name);
            curve.steps.push(line.step);
            curve.epochs.push(line.of === 'epoch' ? line.epoch + 1 : epochAt(run, line.epoch, line.step));
            curve.seconds.push((line.time - (run.start?.time ?? line.time)) / 1000);
            curve.values.push(number);
          });
        break;
      }
      case 'histograms':
        this.#run(line.run).histograms.push(line);
        break;
      case 'note':
        this.#run(line.run).notes.push(line);
        break;
    }
  }
  #run(name = 'run'): Run {
    const known = this.runs.get(name);
    if (known) return known;
    const made: Run = {
      name,
      start: undefined,
      state: undefined,
      last: 0,
      epoch: 0,
      step: 0,
      batches: new Map(),
      epochs: new Map(),
      histograms: [],
      notes: [],
    };
    this.runs.set(name, made);
    return made;
  }
}

function curveOf(curves: Map<string, Curve>, name: string): Curve {
  const known = curves.get(name);
  if (known) return known;
  const made: Curve = { steps: [], epochs: [], seconds: [], values: [] };
  curves.set(name, made);
  return made;
}
/** Where in its epoch a step is, as a fraction where the number of steps is known. */
const epochAt = ({ start }: Run, epoch: number, step: number): number =>
  start?.steps ? epoch + (step - epoch * start.steps) / start.steps : epoch + 1;
