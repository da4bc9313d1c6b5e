import type { Item, ModelItems } from './items.ts';

interface PathProps {
  readonly model: ModelItems | undefined;
  readonly item: Item | undefined;
  readonly onGo: (item: Item | undefined) => void;
}

/** The path from the model to the selected node. */
export function Path({ model, item, onGo }: PathProps) {
  if (!model) return <div class="path" />;
  const way: Item[] = [];
  for (let at = item; at?.parent; at = at.parent) way.unshift(at);
  return (
    <nav class="path" aria-label="Path">
      <button
        type="button"
        class="plain"
        onClick={() => onGo(undefined)}
        aria-current={way.length === 0 ? 'page' : undefined}
      >
        {model.root.name}
      </button>
      {way.map((each, k) => (
        <span key={each.id}>
          <i>›</i>
          <button
            type="button"
            class="plain"
            onClick={() => onGo(each)}
            aria-current={k === way.length - 1 ? 'page' : undefined}
          >
            {each.name.replace(/^:/, '')}
          </button>
        </span>
      ))}
    </nav>
  );
}
