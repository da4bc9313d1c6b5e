import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { StudioActivation, StudioComparison } from '../src/studio/protocol.ts';
import { CompareView } from './compare/compare-view.tsx';
import { FeedView } from './feed/feed-view.tsx';
import { Help } from './help.tsx';
import { ModelItems } from './model/items.ts';
import { LayingOut } from './model/laying-out.ts';
import type { Level } from './model/level-switch.tsx';
import { byPath, marksOf } from './model/marks.ts';
import { isTyping, ModelView } from './model/model-view.tsx';
import { Path } from './model/path.tsx';
import { short } from './parts/format.ts';
import { Icon } from './parts/icon.tsx';
import { Paced } from './parts/paced.ts';
import type { History, Route } from './parts/routes.ts';
import { Dark } from './parts/theme.ts';
import { RunView } from './run/run-view.tsx';
import { KernelGraph } from './step/kernel-graph.ts';
import { StepView } from './step/step-view.tsx';
import type { Studio } from './studio.ts';

interface AppProps {
  readonly studio: Studio;
  readonly history: History;
  readonly host: HTMLElement;
  /** Where keys are listened to: the whole page, if it is the studio's own. */
  readonly keys: EventTarget;
}

/** The whole page. */
export function App({ studio, history, host, keys }: AppProps) {
  const [, refresh] = useReducer((n: number) => n + 1, 0);
  const [isHelping, setHelping] = useState(false);
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const box = useRef<HTMLDivElement>(null);
  const { store } = studio;
  useLayoutEffect(() => {
    const paced = new Paced(refresh as () => void);
    const ends = [store.listen(() => paced.ask()), history.listen(refresh as () => void), () => paced.close()];
    return () => ends.forEach((end) => end());
  }, []);
  useLayoutEffect(() => host.setAttribute('data-theme', isDark ? 'dark' : 'light'), [isDark]);
  const laying = useMemo(() => new LayingOut(), []);
  useEffect(() => () => laying.close(), []);
  const [level, setLevel] = useState<Level>(() => (/\/kernel \d+$/.test(history.now().at) ? 'kernels' : 'ops'));
  const step = level === 'kernels' ? store.step : undefined;
  const model = useMemo(
    () => store.model && new ModelItems(store.model, step && new KernelGraph(step)),
    [store.model, step],
  );

  const [activations, setActivations] = useState<readonly StudioActivation[]>([]);
  const [comparison, setComparison] = useState<StudioComparison | undefined>();
  const marks = useMemo(
    () => (model ? marksOf(model, activations, comparison) : new Map<string, string>()),
    [model, activations, comparison],
  );

  const now = history.now();
  const views: { readonly name: Route['view']; readonly title: string }[] = [
    ...(model ? [{ name: 'model' as const, title: 'Model' }] : []),
    ...(store.runs.size > 0 ? [{ name: 'run' as const, title: store.runs.size > 1 ? 'Runs' : 'Run' }] : []),
    ...(model && (studio.can('step') || store.step) ? [{ name: 'step' as const, title: 'Step' }] : []),
    ...(model && studio.can('feed') ? [{ name: 'feed' as const, title: 'Feed' }] : []),
    ...(model && studio.can('compare') ? [{ name: 'compare' as const, title: 'Compare' }] : []),
  ];
  const view = views.some(({ name }) => name === now.view) ? now.view : (views[0]?.name ?? 'model');

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey && event.key === 'ArrowLeft') history.back();
    else if (event.altKey && event.key === 'ArrowRight') history.forward();
    else if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === '/') box.current?.querySelector<HTMLInputElement>('input[type=search]')?.focus();
    else if (event.key === '?') setHelping(!isHelping);
    else if (event.key === 'Escape' && isHelping) setHelping(false);
    else if (/^[1-9]$/.test(event.key) && views[Number(event.key) - 1])
      history.go({ view: views[Number(event.key) - 1]!.name, at: '' });
    else return;
    event.preventDefault();
  };
  useLayoutEffect(() => {
    const listen = onKeyDown as EventListener;
    keys.addEventListener('keydown', listen);
    return () => keys.removeEventListener('keydown', listen);
  });
  const item = model && now.view === 'model' && now.at !== '' ? model.find(now.at) : undefined;

  return (
    <Dark.Provider value={isDark}>
      <div class="app" ref={box} tabIndex={-1}>
        <header class="bar">
          <Mark />
          <Path
            model={model}
            item={view === 'model' ? item : undefined}
            onGo={(to) => history.go({ view: 'model', at: to?.parent ? to.id : '' })}
          />
          <div class="moves">
            <button type="button" class="plain" title="Back (Alt ←)" aria-label="Back" onClick={() => history.back()}>
              <Icon name="back" />
            </button>
            <button
              type="button"
              class="plain"
              title="Forward (Alt →)"
              aria-label="Forward"
              onClick={() => history.forward()}
            >
              <Icon name="forward" />
            </button>
          </div>
          <div class="tabs" role="tablist" aria-label="Views">
            {views.length > 1 &&
              views.map(({ name, title }) => (
                <button
                  type="button"
                  role="tab"
                  key={name}
                  aria-selected={name === view}
                  onClick={() => history.go({ view: name, at: '' })}
                >
                  {title}
                </button>
              ))}
          </div>
          {model && (
            <span class="sum">
              {short(model.root.node.params)} parameters
              {model.root.node.flops !== undefined && ` · ${short(model.root.node.flops)} FLOPs`}
            </span>
          )}
          <button type="button" class="plain" title="Keys (?)" aria-label="Keys" onClick={() => setHelping(!isHelping)}>
            <Icon name="help" />
          </button>
          <button
            type="button"
            class="plain"
            title="Light or dark theme"
            aria-label="Light or dark theme"
            onClick={() => setDark(!isDark)}
          >
            <Icon name={isDark ? 'sun' : 'moon'} />
          </button>
        </header>
        <div class="view">
          {view === 'model' && model && (
            <ModelView
              studio={studio}
              model={model}
              laying={laying}
              keys={keys}
              at={now.at}
              marks={marks}
              comparison={comparison}
              level={store.step || studio.can('step') ? level : undefined}
              onLevel={setLevel}
              go={(to) => history.go({ view: 'model', at: to?.id ?? '' })}
              onKernels={(of) => history.go({ view: 'step', at: of.id })}
            />
          )}
          {view === 'run' && <RunView studio={studio} />}
          {view === 'step' && model && (
            <StepView
              studio={studio}
              model={model}
              of={now.at === '' ? undefined : model.find(now.at)}
              onGo={(to) => history.go({ view: 'model', at: to.id })}
              onAll={() => history.go({ view: 'step', at: '' })}
            />
          )}
          {view === 'feed' && model && (
            <FeedView
              studio={studio}
              model={model}
              activations={activations}
              onFed={setActivations}
              onGo={(path) => history.go({ view: 'model', at: byPath(model).get(path)?.id ?? '' })}
            />
          )}
          {view === 'compare' && model && (
            <CompareView
              studio={studio}
              model={model}
              found={comparison}
              onFound={setComparison}
              onGo={(to) => history.go({ view: 'model', at: to.id })}
            />
          )}
          {views.length === 0 && <Empty>Waiting for a model or a run…</Empty>}
        </div>
        {isHelping && <Help onClose={() => setHelping(false)} />}
      </div>
    </Dark.Provider>
  );
}

const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

/** A hornbeam's leaf. */
const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" width="22" height="22" role="img" aria-label="Hornbeam">
    <path d="M12 2C6.5 6 4.5 10.5 6 15c1 3 3.4 4.6 6 5 2.6-.4 5-2 6-5 1.5-4.500-.5-9-6-13z" />
    <path class="vein" d="M12 6v16M12 11l-3.400-2.400M12 11l3.400-2.400M12 15.500l-4-2.600M12 15.500l4-2.600" />
  </svg>
);
