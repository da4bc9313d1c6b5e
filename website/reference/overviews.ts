import { firstSentence, type Page, wayTo } from '../content/page.ts';
import { lineHtml } from './doc-html.ts';
import { type Entry, nameOf } from './entry.ts';
import { type Layout, titleOf } from './layout.ts';

/** What a namespace holds, in a sentence. */
const about: Readonly<Record<string, string>> = {
  '': 'What stands at the top: models, layers, tensors, gradients and compiled functions.',
  activations: 'Functions between layers; most of them are ops too and are described there.',
  applications: 'Models from papers, with weights trained on ImageNet.',
  callbacks: 'What happens between batches and epochs.',
  coco: "Matching, accumulation and COCO's twelve numbers.",
  config: 'Settings for everything that follows: device, dtypes, image format.',
  constraints: 'What weights must keep after each update.',
  data: 'Pipelines of batches: `keras.data.Dataset`, and tables.',
  datasets: 'Data sets that Keras downloads, from the same files.',
  distillation: 'Students and teachers.',
  dtypePolicies: 'In which dtypes layers compute and keep their weights.',
  initializers: 'How weights begin.',
  layers: 'What models are made of.',
  losses: 'What training makes small.',
  metrics: 'What is watched while training.',
  models: 'Models from files, configs and other models.',
  ops: "Functions of tensors: Keras's and NumPy's.",
  optimizers: 'How weights follow gradients.',
  'optimizers.schedules': 'Learning rates that depend on the step.',
  preprocessing: 'Images and sequences as arrays.',
  quantizers: 'Weights of few bits.',
  random: 'Random tensors by seed.',
  regularizers: 'Penalties on weights and outputs.',
  saving: 'Models and objects to and from files and configs.',
  tree: 'Nests of lists and records.',
  utils: 'Files, folders, labels, images, boxes and the rest.',
  visualization: 'Charts, pictures of what networks see, and the studio.',
};

/** The page of each namespace, and one of all. */
export function overviews(layout: Layout): Page[] {
  const url = 'reference/index.html';
  const rows = [...layout.namespaces].map(([space, entries]) => {
    const named = entries.filter(({ kind }) => kind !== 'type').length;
    return `<tr><td><a href="${wayTo(layout.spaceUrl(space), url)}"><code>${titleOf(space)}</code></a></td><td>${named}</td><td>${lineHtml(about[space] ?? aboutUnder(space))}</td></tr>`;
  });
  const total = [...layout.namespaces.values()].flat();
  const count = (kind: Entry['kind']): number => total.filter((entry) => entry.kind === kind).length;
  const html = `<h1>Reference</h1>
<p>Everything public, made from the code and its comments: ${count('class')} classes, ${count('function')} functions, ${count('type')} types. Names are Keras's; functions, options and members are in camelCase. What stands under several names is described once.</p>
<table class="options"><thead><tr><th scope="col">namespace</th><th scope="col">names</th><th scope="col">what it holds</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const all: Page = {
    url,
    title: 'Reference',
    section: 'Reference',
    summary: 'Every public class, function and option.',
    body: { html },
  };
  return [all, ...[...layout.namespaces.keys()].map((space) => spacePage(space, layout))];
}
const aboutUnder = (space: string): string =>
  space.startsWith('applications.')
    ? 'A family of applications, with its preprocessing.'
    : space.startsWith('datasets.')
      ? 'One data set.'
      : `Part of \`${titleOf(space.split('.')[0]!)}\`.`;

function spacePage(space: string, layout: Layout): Page {
  const url = layout.spaceUrl(space);
  const entries = layout.namespaces.get(space)!;
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groupOf(entry, space);
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  const parts = [...groups]
    .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
    .map(([group, members]) => {
      const rows = [...members]
        .sort((a, b) => (nameOf(a.path).toLowerCase() < nameOf(b.path).toLowerCase() ? -1 : 1))
        .map(
          (entry) =>
            `<tr><td><a href="${wayTo(layout.urlOf(entry), url)}"><code>${nameOf(entry.path)}</code></a></td><td>${lineHtml(firstSentence(entry.doc))}</td></tr>`,
        );
      const id = group.toLowerCase().replaceAll(/\W+/g, '-');
      return `<h2 id="${id}">${group}</h2><table class="names"><thead><tr><th scope="col">name</th><th scope="col">what it is</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
    });
  const summary = about[space] ?? aboutUnder(space);
  return {
    url,
    title: titleOf(space),
    section: 'Reference',
    summary: summary.replaceAll('`', ''),
    body: { html: `<h1>${titleOf(space)}</h1><p>${lineHtml(summary)}</p>${parts.join('')}` },
  };
}

/** Large namespaces are divided as their folders are; others by kind. */
function groupOf({ kind, place }: Entry, space: string): string {
  if (kind === 'type') return 'Types';
  const family = /^src\/(?:layers|ops)\/(.+)\/[^/]+$/.exec(place.file)?.[1];
  if ((space === 'layers' || space === 'ops') && family !== undefined) {
    const words = family.replace(/^layer$/, 'base').replaceAll(/[-/]/g, ' ');
    return words[0]!.toUpperCase() + words.slice(1);
  }
  return kind === 'class' ? 'Classes' : kind === 'function' ? 'Functions' : 'Values';
}
const order = (group: string): number =>
  ['Classes', 'Functions', 'Values'].indexOf(group) + (group === 'Types' ? 100 : 0);
