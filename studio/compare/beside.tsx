import type { StudioComparison } from '../../src/studio/protocol.ts';
import type { Item, ModelItems } from '../model/items.ts';
import { figure, shapeText, valueText } from '../parts/format.ts';
import { changedEntries, differencesOf } from './differences.ts';

interface BesideProps {
  readonly model: ModelItems;
  readonly item: Item;
  readonly comparison: StudioComparison;
}

/** A node beside its counterpart in the other model: where configs and weights differ. */
export function Beside({ model, item, comparison }: BesideProps) {
  const { node } = item;
  const other = differencesOf(model, comparison).other(item);
  const entries = other ? changedEntries(node, other) : [];
  const shapes = other && [node.outputs, other.outputs].map((list) => list.map((t) => shapeText(t.shape)).join(', '));
  const weights = node.weights.flatMap(({ name, path }) => {
    const change = comparison.weights[path];
    return change ? [{ name, change }] : [];
  });
  return (
    <section class="beside">
      <h3>
        Beside <small>{comparison.other.root.name}, the other file</small>
      </h3>
      {!other && <p class="hint">The other model has no layer here.</p>}
      {other && other.className !== node.className && (
        <Row name="class" here={node.className} there={other.className} />
      )}
      {shapes && shapes[0] !== shapes[1] && <Row name="output" here={shapes[0]!} there={shapes[1]!} />}
      {entries.map(([key, here, there]) => (
        <Row key={key} name={key} here={valueText(here)} there={valueText(there)} />
      ))}
      {weights.map(({ name, change }) => (
        <p class="line" key={name}>
          <span>{name}</span>
          <em>
            {change.most === 0
              ? 'equal'
              : `at most ${figure(change.most)}, root mean square ${figure(change.rms)} (${figure(100 * change.relative)} %)`}
          </em>
        </p>
      ))}
      {other && entries.length === 0 && weights.length === 0 && shapes![0] === shapes![1] && (
        <p class="hint">The same in the other model.</p>
      )}
    </section>
  );
}

const Row = ({ name, here, there }: { name: string; here: string; there: string }) => (
  <p class="line changed">
    <span>{name}</span>
    <code>{here}</code>
    <i aria-hidden="true">→</i>
    <code>{there}</code>
  </p>
);
