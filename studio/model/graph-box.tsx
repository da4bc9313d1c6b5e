import { shapeText, short } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { costOf, titleOf } from '../step/kernels.ts';
import { familyOfItem, holdsLayers, type Item, type ModelItems } from './items.ts';
import type { Placed } from './layout.ts';

export interface GraphBoxProps {
  readonly box: Placed;
  readonly item: Item;
  readonly model: ModelItems;
  readonly isSelected: boolean;
  /** Findings about it: `nan`, `dead`, `changed`. */
  readonly mark: string | undefined;
  readonly onToggle: (item: Item) => void;
}

/** A node as a card or, if open, as a frame around its contents. */
export function GraphBox({ box, item, model, isSelected, mark, onToggle }: GraphBoxProps) {
  const { node, kind } = item;
  const alike = model.alike(item);
  const classes = [
    'box',
    kind,
    box.isOpen ? 'open' : 'closed',
    isSelected && 'selected',
    mark && `mark-${mark}`,
    holdsLayers(item) && 'holds',
  ];
  const output = node.outputs.at(-1);
  const place = { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` };
  const { kernel } = item;
  const title =
    kind === 'block' || kind === 'model'
      ? item.label
      : kind === 'input'
        ? 'Input'
        : kernel
          ? titleOf(kernel, item)
          : node.className;
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      data-id={item.id}
      style={{ ...place, '--family': `var(--family-${familyOfItem(item)})`, '--depth': box.depth }}
    >
      <div class="head">
        <span class="title" title={kernel ? kernel.fused.join(' ') : item.name}>
          {title}
        </span>
        {alike > 1 && (
          <span class="alike" title={`${alike} of these are alike but for their names and weights`}>
            ×{alike}
          </span>
        )}
        {kind === 'input' && output && <span class="shape">{shapeText(output.shape.slice(1))}</span>}
        {item.opens && (
          <button
            type="button"
            class="fold"
            aria-expanded={box.isOpen}
            aria-label={`${box.isOpen ? 'Close' : 'Open'} ${item.name}`}
            onClick={() => onToggle(item)}
            tabIndex={-1}
          >
            <Icon name={box.isOpen ? 'minus' : 'plus'} />
          </button>
        )}
      </div>
      {!box.isOpen && (
        <div class="foot">
          <span class="name" title={item.name}>
            {kind === 'block' || kind === 'model' ? node.className : item.label}
          </span>
          {output && <span class="shape">{shapeText(output.shape.slice(1))}</span>}
          {kernel && <span class="shape">{costOf(kernel)}</span>}
        </div>
      )}
      {box.isOpen && (
        <span class="facts">
          {kind === 'block' || kind === 'model' ? node.className : item.name}
          {node.params > 0 && ` · ${short(node.params)} parameters`}
        </span>
      )}
    </div>
  );
}
