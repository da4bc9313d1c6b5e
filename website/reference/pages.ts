import { fileURLToPath } from 'node:url';
import { escapeHtml, firstSentence, type Page, wayTo } from '../content/page.ts';
import { readAliases } from './aliases.ts';
import { codeHtml, docHtml, lineHtml } from './doc-html.ts';
import { type Call, type Entry, type Member, nameOf, namespaceOf, type Option } from './entry.ts';
import type { KerasSide } from './keras-names.ts';
import { Layout, titleOf } from './layout.ts';
import { overviews } from './overviews.ts';

/** Pages of all that is public, of each namespace, and of all namespaces. */
export function referencePages(
  entries: readonly Entry[],
  keras: KerasSide,
  sourceUrl: (file: string) => string,
): Page[] {
  const layout = new Layout(entries);
  const meanings = readAliases(fileURLToPath(new URL('../../src', import.meta.url)));
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const pages = entries.map((entry) => new EntryPage(entry, layout, keras, sourceUrl, byPath, meanings).page());
  return [...overviews(layout), ...pages];
}

class EntryPage {
  private readonly entry: Entry;
  private readonly layout: Layout;
  private readonly keras: KerasSide;
  private readonly sourceUrl: (file: string) => string;
  private readonly byPath: ReadonlyMap<string, Entry>;
  private readonly url: string;
  private readonly meanings: ReadonlyMap<string, string>;
  /** Names of types that the page has spoken of. */
  private readonly named = new Set<string>();

  constructor(
    entry: Entry,
    layout: Layout,
    keras: KerasSide,
    sourceUrl: (file: string) => string,
    byPath: ReadonlyMap<string, Entry>,
    meanings: ReadonlyMap<string, string>,
  ) {
    this.entry = entry;
    this.layout = layout;
    this.keras = keras;
    this.sourceUrl = sourceUrl;
    this.byPath = byPath;
    this.meanings = meanings;
    this.url = layout.urlOf(entry);
  }

  page(): Page {
    const { entry } = this;
    const names = this.kerasNames();
    const isPlainType = entry.kind === 'type' && entry.members.length === 0;
    const html = [
      `<p class="kind">${this.kindLine()}</p>`,
      `<h1>${escapeHtml(entry.path)}</h1>`,
      docHtml(entry.doc),
      ...entry.calls.map((call) => this.callHtml(call, nameOf(entry.path), entry.kind === 'class')),
      entry.kind === 'value' || isPlainType
        ? codeHtml(isPlainType ? entry.type : `${nameOf(entry.path)}: ${entry.type}`)
        : '',
      this.examples(),
      this.membersHtml(),
      this.refusals(),
      this.aliases(),
      this.facts(names),
    ];
    return {
      url: this.url,
      title: entry.path,
      section: 'Reference',
      summary: firstSentence(entry.doc || `${entry.path}: ${entry.kind}`).replaceAll('`', ''),
      body: { html: html.filter((part) => part !== '').join('\n') },
      terms: [...names, ...entry.alsoAt, ...entry.calls.flatMap(({ options }) => options.map(({ name }) => name))].join(
        ' ',
      ),
    };
  }

  private kerasNames(): string[] {
    return [...new Set([this.entry.path, ...this.entry.alsoAt].flatMap((path) => this.keras.namesOf(path)))];
  }

  private kindLine(): string {
    const space = namespaceOf(this.entry.path);
    const spaceLink = `<a href="${wayTo(this.layout.spaceUrl(space), this.url)}">${titleOf(space)}</a>`;
    const above = this.entry.bases.map((path) => {
      const base = this.byPath.get(path);
      return base ? `<a href="${wayTo(this.layout.urlOf(base), this.url)}">${path}</a>` : path;
    });
    const kind = { class: 'Class', function: 'Function', value: 'Value', type: 'Type' }[this.entry.kind];
    return `${kind} in ${spaceLink}${above.length > 0 ? `, extends ${above.join(', ')}` : ''}`;
  }

  /** A type as code, the names in it linked to their pages. */
  private typeHtml(type: string): string {
    for (const [word] of type.matchAll(/(?<![\w'"])[A-Z]\w+(?![\w'"])/g)) this.named.add(word);
    const words = escapeHtml(type).split(/(?<![\w'&;])(\w+)(?![\w'])/);
    const linked = words.map((word, k) => {
      const entry = k % 2 === 1 ? this.layout.named(word) : undefined;
      return entry && entry !== this.entry
        ? `<a href="${wayTo(this.layout.urlOf(entry), this.url)}">${word}</a>`
        : word;
    });
    return `<code>${linked.join('')}</code>`;
  }

  private callHtml(call: Call, name: string, isMade: boolean): string {
    const given = call.parameters.map((p) => p.name + (p.isOptional ? '?' : ''));
    const options = call.optionsName ? [`{ ${shortened(call.options)} }`] : [];
    const line = `${isMade ? 'new ' : ''}${name}(${[...given, ...options].join(', ')})${isMade ? '' : `: ${call.result}`}`;
    const rows = call.parameters.map(
      (p) =>
        `<tr><td><code>${p.name}</code></td><td>${this.typeHtml(p.type)}${p.isOptional ? ', optional' : ''}</td></tr>`,
    );
    const table =
      rows.length > 0
        ? `<table><thead><tr><th scope="col">argument</th><th scope="col">type</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
        : '';
    return `<div class="signature">${codeHtml(line)}</div>${table}${this.optionsHtml(call.options, isMade)}`;
  }

  private optionsHtml(options: readonly Option[], areOfClass: boolean): string {
    if (options.length === 0) return '';
    const kerasClass = this.kerasNames()[0] ?? '';
    const rows = [...options].sort(inOrder).map((option) => {
      const other = this.keras.memberOf(kerasClass, option.name);
      const inKeras =
        other !== undefined && other !== option.name
          ? `<br><span class="keras">Keras: <code>${other}</code></span>`
          : '';
      const standard = option.isRequired
        ? 'required'
        : option.standard === undefined
          ? ''
          : `default <code>${escapeHtml(option.standard)}</code>`;
      const rule = option.rule ? `<br><span class="rule">It must be ${lineHtml(option.rule)}.</span>` : '';
      return `<tr${areOfClass ? ` id="${option.name}"` : ''}><td><code>${option.name}</code>${inKeras}</td><td>${this.typeHtml(option.type)}<br>${standard}</td><td>${docLine(option.doc)}${rule}</td></tr>`;
    });
    return `<table class="options"><thead><tr><th scope="col">option</th><th scope="col">type</th><th scope="col">meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  }

  private examples(): string {
    const { examples } = this.entry;
    if (examples.length === 0) return '';
    return `<h2 id="example">Example</h2>${examples.map((each) => codeHtml(each)).join('')}`;
  }

  private membersHtml(): string {
    const { entry } = this;
    if (entry.kind === 'type') return this.partsHtml();
    const optionNames = new Set(entry.calls.flatMap(({ options }) => options.map(({ name }) => name)));
    const all = entry.members.filter(({ name }) => !optionNames.has(name));
    const methods = all.filter(({ calls }) => calls.length > 0);
    const attributes = all.filter(({ calls }) => calls.length === 0);
    return [
      attributes.length > 0 ? `<h2 id="attributes">Attributes</h2>${this.attributesHtml(attributes)}` : '',
      methods.length > 0 ? `<h2 id="methods">Methods</h2>` : '',
      ...methods.map((member) => this.methodHtml(member)),
      this.inherited(),
    ].join('\n');
  }

  private partsHtml(): string {
    return this.entry.members.length > 0 ? this.attributesHtml(this.entry.members) : '';
  }
  private attributesHtml(members: readonly Member[]): string {
    const rows = members.map((member) => {
      const type = member.type || member.calls.map((call) => signatureOf(call)).join('; ');
      return `<tr id="${anchorOf(member)}"><td><code>${member.isStatic ? 'static ' : ''}${member.name}</code></td><td>${this.typeHtml(type)}</td><td>${docLine(member.doc)}</td></tr>`;
    });
    return `<table class="options"><thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col">meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  }
  private methodHtml(member: Member): string {
    const other = this.keras.memberOf(this.kerasNames()[0] ?? '', member.name);
    const inKeras = other && other !== member.name ? `<p class="keras">Keras: <code>${other}</code></p>` : '';
    return `<h3 id="${anchorOf(member)}">${member.isStatic ? 'static ' : ''}${member.name}</h3>${docHtml(member.doc)}${inKeras}${member.calls.map((call) => this.callHtml(call, member.name, false)).join('')}`;
  }
  private inherited(): string {
    const lines = this.entry.bases.flatMap((path) => {
      const base = this.byPath.get(path);
      if (!base || base.members.length === 0) return [];
      const url = wayTo(this.layout.urlOf(base), this.url);
      const own = new Set(this.entry.members.map(({ name }) => name));
      const names = base.members.filter(({ name }) => !own.has(name));
      const links = names.map((member) => `<a href="${url}#${anchorOf(member)}"><code>${member.name}</code></a>`);
      return [`<p>From <a href="${url}">${path}</a>: ${links.join(', ')}.</p>`];
    });
    return lines.length > 0 ? `<h2 id="inherited">Inherited</h2>${lines.join('')}` : '';
  }

  private refusals(): string {
    const { refusals } = this.entry;
    if (refusals.length === 0) return '';
    return `<h2 id="errors">Errors</h2><p>It raises a <code>HornbeamError</code> that names what to change where it meets one of these:</p><ul>${refusals.map((each) => `<li><code>${escapeHtml(each)}</code></li>`).join('')}</ul>`;
  }

  /** What short types stand for that have no page of their own. */
  private aliases(): string {
    const told = [...this.named].filter((name) => !this.layout.named(name) && this.meanings.has(name)).sort();
    if (told.length === 0) return '';
    const rows = told.map(
      (name) => `<li><code>${name}</code> is <code>${escapeHtml(this.meanings.get(name)!)}</code></li>`,
    );
    return `<h2 id="types">Types</h2><ul>${rows.join('')}</ul>`;
  }

  private facts(names: readonly string[]): string {
    const { entry } = this;
    const code = (all: readonly string[]): string => all.map((each) => `<code>${escapeHtml(each)}</code>`).join(', ');
    const rows: [string, string][] = [];
    if (names.length > 0) rows.push(['In Keras', code(names)]);
    if (entry.alsoAt.length > 0) rows.push(['Also', code(entry.alsoAt.map((path) => `keras.${path}`))]);
    for (const see of entry.see) rows.push(['See', lineHtml(see)]);
    const { file, line } = entry.place;
    rows.push(['Source', `<a href="${wayTo(`${this.sourceUrl(file)}#L${line}`, this.url)}">${file}, line ${line}</a>`]);
    return `<dl class="facts">${rows.map(([what, text]) => `<div><dt>${what}</dt><dd>${text}</dd></div>`).join('')}</dl>`;
  }
}

const anchorOf = ({ isStatic, name }: Member): string => (isStatic ? `static-${name}` : name);
const docLine = (text: string): string => (text === '' ? '' : docHtml(text).replace(/^<p>(.*?)<\/p>$/s, '$1'));
const signatureOf = ({ parameters, optionsName, result }: Call): string =>
  `(${[...parameters.map(({ name, type }) => `${name}: ${type}`), ...(optionsName ? [optionsName] : [])].join(', ')}) => ${result}`;
/** What must be there comes first, what few programs want last. */
const rank = ({ isRequired, name }: Option): number => (isRequired ? 0 : /^(?:lora|quantization)/.test(name) ? 2 : 1);
const inOrder = (a: Option, b: Option): number => rank(a) - rank(b);
/** The names of options for a line: those that must be there first, and of many the first ones. */
function shortened(options: readonly Option[]): string {
  const sorted = [...options].sort(inOrder);
  const names = sorted.map(({ name, isRequired }) => name + (isRequired ? '' : '?'));
  return names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ');
}
