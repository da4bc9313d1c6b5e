import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { short } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { familyOfItem, type Item } from './items.ts';

export interface Row {
  readonly item: Item;
  readonly depth: number;
}
interface OutlineProps {
  readonly rows: readonly Row[];
  readonly selected: Item | undefined;
  readonly isOpen: (item: Item) => boolean;
  readonly isFlat: boolean;
  readonly onSelect: (item: Item) => void;
  readonly onToggle: (item: Item) => void;
}
const rowHeight = 27;

/** The open items as a list; only visible rows are rendered. */
export function Outline({ rows, selected, isOpen, isFlat, onSelect, onToggle }: OutlineProps) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const observer = new ResizeObserver(() => setHeight(current.clientHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const at = rows.findIndex(({ item }) => item === selected);
  useEffect(() => {
    const { current } = list;
    if (!current || at < 0) return;
    const y = at * rowHeight;
    if (y < current.scrollTop + rowHeight) current.scrollTop = y - 3 * rowHeight;
    else if (y > current.scrollTop + current.clientHeight - 2 * rowHeight)
      current.scrollTop = y - current.clientHeight + 4 * rowHeight;
  }, [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const go = (k: number) => rows[k] && onSelect(rows[k].item);
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(Math.max(0, at - 1));
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'ArrowRight' && row?.item.opens && !isFlat)
      isOpen(row.item) ? go(at + 1) : onToggle(row.item);
    else if (event.key === 'ArrowLeft' && row && !isFlat) {
      if (row.item.opens && isOpen(row.item)) onToggle(row.item);
      else if (row.item.parent && rows.some(({ item }) => item === row.item.parent)) onSelect(row.item.parent);
    } else if (event.key === 'Enter' && row?.item.opens) onToggle(row.item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const first = Math.max(0, Math.floor(top / rowHeight) - 6);
  const shown = rows.slice(first, first + Math.ceil(height / rowHeight) + 12);
  return (
    <div
      class="outline"
      ref={list}
      role="tree"
      tabIndex={0}
      aria-label="Layers"
      aria-activedescendant={at >= 0 ? `row-${at}` : undefined}
      onScroll={(event) => setTop((event.currentTarget as Element).scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: `${rows.length * rowHeight}px` }}>
        {shown.map(({ item, depth }, k) => (
          <div
            key={item.id}
            id={`row-${first + k}`}
            class={`row${item === selected ? ' selected' : ''}`}
            role="treeitem"
            tabIndex={-1}
            aria-level={depth + 1}
            aria-selected={item === selected}
            aria-expanded={item.opens ? isOpen(item) : undefined}
            style={{
              top: `${(first + k) * rowHeight}px`,
              paddingLeft: `${8 + depth * 14}px`,
              '--family': `var(--family-${familyOfItem(item)})`,
            }}
            data-row={item.id}
            onClick={() => onSelect(item)}
            onDblClick={() => item.opens && onToggle(item)}
          >
            {item.opens && !isFlat ? (
              <button
                type="button"
                tabIndex={-1}
                class={`twist${isOpen(item) ? ' down' : ''}`}
                aria-label={isOpen(item) ? 'Close' : 'Open'}
                onClick={(event) => {
                  event.stopPropagation();
                  onToggle(item);
                }}
              >
                <Icon name="forward" />
              </button>
            ) : (
              <span class="twist" />
            )}
            <span class="dot" />
            <span class="name" title={item.name}>
              {isFlat ? item.name : item.label}
            </span>
            <span class="class">
              {item.kind === 'block' || item.name.toLowerCase() === item.node.className.toLowerCase()
                ? ''
                : item.node.className}
            </span>
            <span class="count">{item.node.params > 0 ? short(item.node.params) : ''}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
