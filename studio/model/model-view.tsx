import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StudioComparison } from '../../src/studio/protocol.ts';
import { Icon } from '../parts/icon.tsx';
import { KernelPanel } from '../step/kernel-panel.tsx';
import type { Studio } from '../studio.ts';
import { GraphView } from './graph-view.tsx';
import type { Item, ModelItems } from './items.ts';
import type { LayingOut } from './laying-out.ts';
import type { Layout } from './layout.ts';
import { type Level, LevelSwitch } from './level-switch.tsx';
import { NodePanel } from './node-panel.tsx';
import { openGraph } from './open-graph.ts';
import { Outline, type Row } from './outline.tsx';
import { search } from './search.ts';
import { neighbour } from './walk.ts';

interface ModelViewProps {
  readonly studio: Studio;
  readonly model: ModelItems;
  readonly laying: LayingOut;
  readonly keys: EventTarget;
  readonly at: string;
  readonly go: (item: Item | undefined) => void;
  readonly onKernels: (item: Item) => void;
  readonly marks: ReadonlyMap<string, string>;
  readonly comparison: StudioComparison | undefined;
  /** What layers open into, and how to change it; absent without a step. */
  readonly level: Level | undefined;
  readonly onLevel: (level: Level) => void;
}

/** The structure: list, graph and details of the selected node. */
export function ModelView({
  studio,
  model,
  laying,
  keys,
  at,
  go,
  onKernels,
  marks,
  comparison,
  level,
  onLevel,
}: ModelViewProps) {
  const [openIds, setOpen] = useState<ReadonlySet<string>>(() => new Set());
  const [laid, setLaid] = useState<{ readonly of: ModelItems; readonly layout: Layout } | undefined>();
  const layout = laid?.layout;
  const [query, setQuery] = useState('');
  const [listShown, setListShown] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const selected = at === '' ? undefined : model.find(at);
  const isOpen = (item: Item): boolean => openIds.has(item.id);

  // A link to a hidden node opens everything on its path.
  useEffect(() => {
    const closed: string[] = [];
    for (let p = selected?.parent; p?.parent; p = p.parent) if (!openIds.has(p.id)) closed.push(p.id);
    if (closed.length > 0) setOpen(new Set([...openIds, ...closed]));
  }, [selected]);
  useEffect(() => {
    let isStale = false;
    const made = laying.layOut(openGraph(model.root, isOpen));
    if (made instanceof Promise) made.then((found) => isStale || setLaid({ of: model, layout: found }));
    else setLaid({ of: model, layout: made });
    return () => {
      isStale = true;
    };
  }, [model, openIds]);

  const toggle = (item: Item) => {
    const next = new Set(openIds);
    if (!next.delete(item.id)) next.add(item.id);
    go(item);
    setOpen(next);
  };
  const found = useMemo(() => search(model, query), [model, query]);
  const rows = useMemo(() => {
    if (query.trim() !== '') return found.map((item) => ({ item, depth: 0 }));
    const list: Row[] = [];
    const visit = (item: Item, depth: number) => {
      for (const each of item.inside()?.items ?? []) {
        list.push({ item: each, depth });
        if (openIds.has(each.id)) visit(each, depth + 1);
      }
    };
    visit(model.root, 0);
    return list;
  }, [model, openIds, query, found]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (isTyping(event)) return;
    const press = (name: string) => box.current?.querySelector<HTMLButtonElement>(`[data-act="${name}"]`)?.click();
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (key === '+' || key === '=') press('zoom-in');
    else if (key === '-') press('zoom-out');
    else if (key === '0') press('fit');
    else if (key === 'Home') press('top');
    else if (key === 'Enter' && selected?.opens) toggle(selected);
    else if (key === 'Backspace' && selected) {
      const parent = selected.opens && isOpen(selected) ? selected : selected.parent;
      if (parent?.parent) toggle(parent);
    } else if (key === 'Escape') go(undefined);
    else if (layout && /^Arrow/.test(key)) {
      const next = neighbour(layout, selected?.id, key);
      if (next) go(model.find(next));
    } else return;
    event.preventDefault();
  };
  // Before the next key comes.
  useLayoutEffect(() => {
    const listen = onKeyDown as EventListener;
    keys.addEventListener('keydown', listen);
    return () => keys.removeEventListener('keydown', listen);
  });

  return (
    <div class={`model-view${selected ? ' with-panel' : ''}${listShown ? ' with-list' : ''}`} ref={box}>
      <aside class="list">
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            placeholder="Name, class, shape, dtype"
            aria-label="Search layers"
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && found[0]) go(found[0]);
              if (event.key === 'ArrowDown') box.current?.querySelector<HTMLElement>('.outline')?.focus();
              if (event.key === 'Escape') setQuery('');
            }}
          />
          {query === '' ? <kbd>/</kbd> : <span class="hits">{found.length === 200 ? '200+' : found.length}</span>}
        </label>
        <Outline
          rows={rows}
          selected={selected}
          isOpen={isOpen}
          isFlat={query.trim() !== ''}
          onSelect={go}
          onToggle={toggle}
        />
      </aside>
      <main class="drawing">
        <button
          type="button"
          class="show-list"
          aria-pressed={listShown}
          aria-label="List of layers"
          onClick={() => setListShown(!listShown)}
        >
          <Icon name="list" />
        </button>
        {level && <LevelSwitch studio={studio} level={level} onLevel={onLevel} />}
        {laid && (
          <GraphView
            model={laid.of}
            layout={laid.layout}
            selected={selected}
            marks={marks}
            onSelect={go}
            onToggle={toggle}
          />
        )}
      </main>
      {selected?.kernel && <KernelPanel model={model} item={selected} kernel={selected.kernel} go={go} />}
      {selected && !selected.kernel && (
        <NodePanel
          key={selected.id}
          studio={studio}
          model={model}
          item={selected}
          go={go}
          onKernels={onKernels}
          comparison={comparison}
        />
      )}
    </div>
  );
}

/** Whether keys are being typed as text. */
export const isTyping = (event: KeyboardEvent): boolean => {
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.closest('[role=tree]') !== null)
  );
};
