import { useState } from 'preact/hooks';
import type { StudioComparison } from '../../src/studio/protocol.ts';
import { ModelItems } from '../model/items.ts';
import { figure, short } from '../parts/format.ts';
import type { Studio } from '../studio.ts';

interface CompareViewProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  readonly found: StudioComparison | undefined;
  readonly onFound: (found: StudioComparison) => void;
}

/** Another file beside the model: which layers differ, and by how much each weight does. */
export function CompareView({ studio, model, found, onFound }: CompareViewProps) {
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
      {found && <Found model={model} found={found} />}
    </div>
  );
}

function Found({ model, found }: { readonly model: ModelItems; readonly found: StudioComparison }) {
  const other = new ModelItems(found.other);
  const text = (items: ModelItems) =>
    new Map(
      [...items.all()]
        .filter(({ kind }) => kind !== 'block')
        .map(({ id, node }) => [
          id.slice(id.indexOf('/')),
          JSON.stringify([node.className, node.config, node.outputs]),
        ]),
    );
  const [here, there] = [text(model), text(other)];
  const only = [...here.keys()].filter((id) => !there.has(id));
  const added = [...there.keys()].filter((id) => !here.has(id));
  const differ = [...here].filter(([id, said]) => there.has(id) && there.get(id) !== said).map(([id]) => id);
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
          {only.length + added.length + differ.length === 0
            ? 'the same structure'
            : `${only.length} layers only here, ${added.length} only there, ${differ.length} differ`}
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
              ...only.map((id) => [id, 'only here']),
              ...added.map((id) => [id, 'only there']),
              ...differ.map((id) => [id, 'another config or shape']),
            ].map(([id, what]) => (
              <tr key={id}>
                <td class="name">{id!.slice(1)}</td>
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
