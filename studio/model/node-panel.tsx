import type { StudioComparison, StudioTensor } from '../../src/studio/protocol.ts';
import { Beside } from '../compare/beside.tsx';
import { Figure } from '../parts/figure.tsx';
import { bytes, bytesOf, shapeText, short, tensorBytes, valueText, whole } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { NodeKernels } from '../step/node-kernels.tsx';
import type { Studio } from '../studio.ts';
import type { Item, ModelItems } from './items.ts';
import { WeightCard } from './weight-card.tsx';

interface NodePanelProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  readonly item: Item;
  readonly go: (item: Item | undefined) => void;
  readonly onKernels: (item: Item) => void;
  /** Another file that the model is compared with. */
  readonly comparison: StudioComparison | undefined;
}

/** The details of a node: shapes, cost, config, weights. */
export function NodePanel({ studio, model, item, go, onKernels, comparison }: NodePanelProps) {
  const { node } = item;
  const weightBytes =
    node.weights.reduce((sum, w) => sum + w.shape.reduce((n, s) => n * s, 1) * bytesOf(w.dtype), 0) || node.params * 4;
  const activationBytes = node.outputs.reduce((sum, t) => sum + tensorBytes(t), 0);
  const chosen = new Set(node.chosen);
  const entries = Object.entries(node.config ?? {});
  entries.sort(([a], [b]) => Number(chosen.has(b)) - Number(chosen.has(a)));
  const alike = model.alike(item);
  const share = model.model.root.params > 0 ? node.params / model.model.root.params : 0;
  return (
    <aside class="panel" aria-label={`About ${item.name}`}>
      <header>
        <div>
          <h2>{item.kind === 'block' ? item.name : node.className}</h2>
          <p class="name">{item.kind === 'block' ? node.className : item.name}</p>
        </div>
        <button type="button" class="plain" aria-label="Close (Esc)" title="Close (Esc)" onClick={() => go(undefined)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="figures">
        <Figure
          name="Parameters"
          value={short(node.params)}
          note={
            node.params > 0
              ? `${whole(node.params)}${share > 0.001 ? ` · ${(100 * share).toPrecision(2)} %` : ''}`
              : 'none'
          }
        />
        <Figure name="FLOPs" value={node.flops === undefined ? '—' : short(node.flops)} note="one sample" />
        <Figure
          name="Weights"
          value={node.params > 0 ? bytes(weightBytes) : '—'}
          note={
            node.params > 0 && node.trainableParams < node.params
              ? `${short(node.params - node.trainableParams)} not trained`
              : 'bytes'
          }
        />
        <Figure name="Activations" value={activationBytes > 0 ? bytes(activationBytes) : '—'} note="one sample" />
      </div>
      {alike > 1 && (
        <p class="hint">
          One of <b>{alike}</b> that are alike but for names and weights.
        </p>
      )}
      <section>
        <h3>Tensors</h3>
        <Tensors title="in" list={node.inputs} />
        <Tensors title="out" list={node.outputs} />
        {node.dtypePolicy && (
          <p class="line">
            <span>dtype policy</span>
            <code>{node.dtypePolicy}</code>
          </p>
        )}
        {node.madeAt && (
          <p class="line">
            <span>made at</span>
            <code>{node.madeAt}</code>
          </p>
        )}
      </section>
      {comparison && item.kind !== 'block' && <Beside model={model} item={item} comparison={comparison} />}
      {node.weights.length > 0 && (
        <section>
          <h3>Weights</h3>
          {node.weights.map((weight) => (
            <WeightCard key={weight.path} studio={studio} weight={weight} />
          ))}
        </section>
      )}
      {item.kind !== 'input' && <NodeKernels studio={studio} item={item} onShow={() => onKernels(item)} />}
      {entries.length > 0 && (
        <section>
          <h3>
            Config <small>{chosen.size > 0 ? 'what was chosen stands first' : 'all by default'}</small>
          </h3>
          <dl class="config">
            {entries.map(([key, value]) => (
              <div key={key} class={chosen.has(key) ? 'chosen' : undefined}>
                <dt>{key}</dt>
                <dd>{valueText(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </aside>
  );
}

function Tensors({ title, list }: { title: string; list: readonly StudioTensor[] }) {
  return (
    <>
      {list.map((t, k) => (
        <p class="line" key={k}>
          <span>{list.length > 1 ? `${title} ${k + 1}` : title}</span>
          <code>{shapeText(t.shape)}</code>
          <em>{t.dtype}</em>
        </p>
      ))}
    </>
  );
}
