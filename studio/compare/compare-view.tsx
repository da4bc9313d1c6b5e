import { useState } from 'preact/hooks';
import type { StudioComparison } from '../../src/studio/protocol.ts';
import type { Item, ModelItems } from '../model/items.ts';
import { figure, short } from '../parts/format.ts';
import type { Studio } from '../studio.ts';
import { differencesOf } from './differences.ts';

interface CompareViewProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  readonly found: StudioComparison | undefined;
  readonly onFound: (found: StudioComparison) => void;
  readonly onGo: (item: Item) => void;
}

/** Compares the model with another file: which layers differ, and each weight by how much. */
export function CompareView({ studio, model, found, onFound, onGo }: CompareViewProps) {
  const [file, setFile] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const compare = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      onFound(await studio.ask('compare', { file }));
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <div class="compare-view">
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== '') void compare();
        }}
      >
        <label>
          Another file on the machine that serves{' '}
          <input
            type="text"
            placeholder="other.keras"
            value={file}
            onInput={(event) => setFile(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={file === '' || isBusy}>
          {isBusy ? 'Comparing…' : 'Compare'}
        </button>
      </form>
      {problem && <p class="hint bad">{problem}</p>}
      {found && <Found model={model} found={found} onGo={onGo} />}
    </div>
  );
}

interface FoundProps {
  readonly model: ModelItems;
  readonly found: StudioComparison;
  readonly onGo: (item: Item) => void;
}
function Found({ model, found, onGo }: FoundProps) {
  const { onlyHere, onlyThere, differing } = differencesOf(model, found);
  const weights = Object.entries(found.weights).sort(([, a], [, b]) => b.relative - a.relative);
  const most = Math.max(1e-12, ...weights.map(([, w]) => w.relative));
  return (
    <>
      <p class="standing">
        <b>{found.other.root.name}</b>
        <span>
          {short(model.root.node.params)} and {short(found.other.root.params)} parameters
        </span>
        <span>
          {onlyHere.length + onlyThere.length + differing.length === 0
            ? 'the same structure'
            : `${onlyHere.length} layers only here, ${onlyThere.length} only there, ${differing.length} differ`}
        </span>
        <span>
          {weights.filter(([, w]) => w.most > 0).length} of {weights.length} weights changed
        </span>
      </p>
      <div class="scroll">
        <table class="kernels">
          <thead>
            <tr>
              <th>weight</th>
              <th>largest change</th>
              <th>root mean square</th>
              <th>relative</th>
              <th>&nbsp;</th>
            </tr>
          </thead>
          <tbody>
            {[
              ...onlyHere.map((place) => [place, 'only here'] as const),
              ...onlyThere.map((place) => [place, 'only there'] as const),
              ...differing.map((place) => [place, 'another config or shape'] as const),
            ].map(([place, what]) => (
              <tr key={what + place}>
                <td class="name">{what === 'only there' ? place : <Go place={place} model={model} onGo={onGo} />}</td>
                <td colSpan={4} class="text warn">
                  {what}
                </td>
              </tr>
            ))}
            {weights.map(([path, w]) => (
              <tr key={path}>
                <td class="name">{path}</td>
                <td>{figure(w.most)}</td>
                <td>{figure(w.rms)}</td>
                <td>{figure(100 * w.relative)} %</td>
                <td>
                  <meter value={w.relative} max={most} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A layer's place, which leads to it in the graph. */
function Go({
  place,
  model,
  onGo,
}: {
  readonly place: string;
  readonly model: ModelItems;
  readonly onGo: (item: Item) => void;
}) {
  const item = model.find(`${model.root.id}/${place}`);
  return item ? (
    <button type="button" class="plain link" onClick={() => onGo(item)}>
      {place}
    </button>
  ) : (
    <span>{place}</span>
  );
}
