import { count } from '../../../compiler/contraction/product.ts';
import type { KernelText } from './kernel-text.ts';
import { type Arranged, type Layout, linesOf } from './layout.ts';

interface Cut {
  /** Lines and terms of a block, and the invocations that share the reading. */
  readonly block: number;
  readonly depth: number;
  readonly threads: number;
  /** The block's first line, in WGSL. */
  readonly first: string;
}

/** A line in WGSL: where it begins, whether it exists, and where each window on it starts. */
interface Line {
  readonly base: string;
  readonly exists: string | undefined;
  readonly starts: readonly string[];
}

/** Loads blocks of one operand into workgroup memory, by way of registers. */
export class Reader {
  private readonly text: KernelText;
  private readonly arranged: Arranged;
  private readonly s: 0 | 1;
  private readonly layout: Layout;
  private readonly cut: Cut;
  private readonly lines: Line[][] = [];
  private readonly units: number;
  private readonly isGuarded: boolean;

  constructor(text: KernelText, arranged: Arranged, s: 0 | 1, cut: Cut) {
    this.text = text;
    this.arranged = arranged;
    this.s = s;
    this.layout = arranged.layouts[s];
    this.cut = cut;
    const vectors = (cut.block * cut.depth) / 4;
    this.units = Math.ceil(vectors / cut.threads);
    this.isGuarded = vectors % cut.threads !== 0;
  }

  private get name(): string {
    return this.s === 0 ? 'a' : 'b';
  }
  /** Where unit e of this invocation lies in the block: which vector (`minor`) of which row or column (`major`). */
  private place(e: number): { minor: string; major: string } {
    const wide = this.layout.along === 'depth' ? this.cut.depth / 4 : this.cut.block / 4;
    const { threads } = this.cut;
    if (threads % wide === 0) return { minor: `lane % ${wide}u`, major: `lane / ${wide}u + ${(e * threads) / wide}u` };
    return { minor: `(lane + ${e * threads}u) % ${wide}u`, major: `(lane + ${e * threads}u) / ${wide}u` };
  }

  /** Before the loop: computes the lines that this invocation reads. */
  prepare(): void {
    const { text, layout } = this;
    const batch = this.batchOffset();
    for (let e = 0; e < this.units; e++) {
      const { minor, major } = this.place(e);
      const first = layout.along === 'depth' ? `(${major})` : `4u * (${minor})`;
      const each = layout.along === 'depth' || layout.isWide ? 1 : 4;
      this.lines.push(
        Array.from({ length: each }, (_, c) => {
          const name = `${this.name}${e}_${c}`;
          text.line(`let ${name}line = ${this.cut.first} + ${first}${c > 0 ? ` + ${c}u` : ''};`);
          return this.line(name, batch);
        }),
      );
    }
  }

  /** The same for a single line, whose terms are read one by one. */
  prepareOne(): void {
    this.text.line(`let ${this.name}0line = ${this.cut.first};`);
    this.lines.push([this.line(`${this.name}0`, this.batchOffset())]);
  }
  /** The line's term at k. */
  one(k: string): string {
    const { at, inside } = this.element(this.lines[0][0], this.term(k));
    return this.scalar(at, inside);
  }

  private batchOffset(): string {
    const { text, s } = this;
    const { batch } = this.arranged.product;
    let [offset, inner] = [`${this.layout.side.offset}i`, 1];
    for (const b of [...batch].reverse()) {
      if (b.size > 1 && b.strides[s] !== 0)
        offset += ` + i32(batch / ${inner}u % ${b.size}u) * ${b.strides[s]}i`.replace('/ 1u ', '');
      inner *= b.size;
    }
    text.line(`let ${this.name}start = ${offset};`);
    return `${this.name}start`;
  }

  private line(name: string, batch: string): Line {
    const { text, layout } = this;
    let [base, inner] = [batch, 1];
    const indices = new Map<object, string>();
    for (const a of [...layout.runs].reverse()) {
      const isWindowed = layout.side.windows.some((w) => w.line === a);
      const isOuter = a === layout.runs[0];
      const divided = inner === 1 ? `${name}line` : `${name}line / ${inner}u`;
      const index = `i32(${isOuter ? divided : `(${divided}) % ${a.size}u`})`;
      if (isWindowed) {
        text.line(`let ${name}q${indices.size} = ${index};`);
        indices.set(a, `${name}q${indices.size}`);
      }
      if (a.stride !== 0) base += ` + ${indices.get(a) ?? index} * ${a.stride}i`;
      inner *= a.size;
    }
    text.line(`let ${name}base = ${base};`);
    const starts = layout.side.windows.map((w, i) => {
      const q = indices.get(w.line) ?? '0i';
      text.line(`let ${name}w${i} = ${q} * ${w.lineStep}i - ${w.low}i;`);
      return `${name}w${i}`;
    });
    const isEven = linesOf(layout) % this.cut.block === 0;
    if (!isEven) text.line(`let ${name}in = ${name}line < ${linesOf(layout)}u;`);
    return { base: `${name}base`, exists: isEven ? undefined : `${name}in`, starts };
  }

  /** Declares the registers through which a block passes. */
  declare(vector: string): void {
    for (let e = 0; e < this.units; e++) this.text.line(`var ${this.name}v${e} = ${vector}();`);
  }

  /** Copies a block straight to workgroup memory, vector by vector: no registers are held, and the text is short. */
  bring(block: string, target: string): void {
    const { text, layout, cut } = this;
    const vectors = (cut.block * cut.depth) / 4;
    const wide = layout.along === 'depth' ? cut.depth / 4 : cut.block / 4;
    text.line(`for (var unit = lane; unit < ${vectors}u; unit += ${cut.threads}u) {`);
    text.line(`let minor = unit % ${wide}u;`);
    text.line(`let major = unit / ${wide}u;`);
    const isDeep = layout.along === 'depth';
    const each = isDeep || layout.isWide ? 1 : 4;
    const lines = Array.from({ length: each }, (_, c) => {
      const name = `${this.name}_${c}`;
      text.line(`let ${name}line = ${this.cut.first} + ${isDeep ? 'major' : `4u * minor + ${c}u`};`);
      return this.line(name, `${this.name}start`);
    });
    const terms = Array.from({ length: isDeep && !layout.isWide ? 4 : 1 }, (_, c) =>
      this.term(`(${block}) * ${cut.depth}u + ${isDeep ? `4u * minor + ${c}u` : 'major'}`),
    );
    const value = this.four(lines, terms);
    text.line(`${target}[0u][${isDeep ? 'minor' : 'major'}][${isDeep ? 'major' : 'minor'}] = ${value};`);
    text.line('}');
  }
  /** What `bring` needs before the loop. */
  prepareStart(): void {
    this.batchOffset();
  }

  /** Four neighbours as a vector, read at once or one by one. */
  private four(lines: readonly Line[], terms: readonly Term[]): string {
    if (this.layout.isWide) {
      const { at, inside } = this.element(lines[0], terms[0]);
      return this.vector(at, inside);
    }
    const parts = [0, 1, 2, 3].map((c) => {
      const { at, inside } = this.element(lines[lines.length === 1 ? 0 : c], terms[terms.length === 1 ? 0 : c]);
      return this.scalar(at, inside);
    });
    return `vec4<${this.arranged.product.type}>(${parts.join(', ')})`;
  }

  /** Reads this invocation's part of a block into registers; zeros outside of the array. */
  fetch(block: string): void {
    const { text, layout, cut } = this;
    text.line('{');
    text.line(`let k0 = (${block}) * ${cut.depth}u;`);
    const shared = cut.threads % (cut.depth / 4) === 0 && layout.along === 'depth';
    let terms: Term[] | undefined;
    for (let e = 0; e < this.units; e++) {
      const { minor, major } = this.place(e);
      if (!terms || !shared) {
        const first = layout.along === 'depth' ? `k0 + 4u * (${minor})` : `k0 + ${major}`;
        const each = layout.along === 'depth' && !layout.isWide ? 4 : 1;
        terms = Array.from({ length: each }, (_, c) => this.term(`${first}${c > 0 ? ` + ${c}u` : ''}`));
      }
      text.line(`${this.name}v${e} = ${this.four(this.lines[e], terms)};`);
    }
    text.line('}');
  }

  /** Stores the registers in workgroup memory. */
  keep(target: string, buffer: string): void {
    const { text, cut } = this;
    for (let e = 0; e < this.units; e++) {
      const { minor, major } = this.place(e);
      const [row, column] = this.layout.along === 'depth' ? [minor, major] : [major, minor];
      const put = `${target}[${buffer}][${row}][${column}] = ${this.name}v${e};`;
      text.line(this.isGuarded ? `if (lane + ${e * cut.threads}u < ${(cut.block * cut.depth) / 4}u) { ${put} }` : put);
    }
  }

  private term(k: string): Term {
    const { text, s, layout } = this;
    const { depth } = this.arranged;
    const name = text.fresh('k');
    text.line(`let ${name} = ${k};`);
    let [offset, inner] = ['', 1];
    const indices = new Map<object, string>();
    for (const a of [...depth].reverse()) {
      const divided = inner === 1 ? name : `${name} / ${inner}u`;
      const index = `i32(${a === depth[0] ? divided : `(${divided}) % ${a.size}u`})`;
      if (layout.side.windows.some((w) => w.depth === a)) {
        text.line(`let ${name}i${indices.size} = ${index};`);
        indices.set(a, `${name}i${indices.size}`);
      }
      if (a.strides[s] !== 0) offset += ` + ${indices.get(a) ?? index} * ${a.strides[s]}i`;
      inner *= a.size;
    }
    const total = count(depth);
    const exists = total % this.cut.depth === 0 ? undefined : `${name} < ${total}u`;
    return {
      offset,
      exists,
      steps: layout.side.windows.map((w) => ({ index: indices.get(w.depth) ?? '0i', window: w })),
    };
  }

  private element(line: Line, term: Term): { at: string; inside: string | undefined } {
    const { text } = this;
    const conditions = [line.exists, term.exists].filter((c) => c !== undefined);
    let at = `${line.base}${term.offset}`;
    term.steps.forEach(({ index, window }, i) => {
      const name = text.fresh('s');
      text.line(`let ${name} = ${line.starts[i]} + ${index} * ${window.depthStep}i;`);
      conditions.push(`u32(${name}) < ${window.size}u`);
      if (window.spacing > 1) {
        conditions.push(`${name} % ${window.spacing}i == 0i`);
        at += ` + (${name} / ${window.spacing}i) * ${window.stride}i`;
      }
    });
    if (conditions.length === 0) return { at: `u32(${at})`, inside: undefined };
    const inside = text.fresh('in');
    text.line(`let ${inside} = ${conditions.map((c) => (c.includes(' ') ? `(${c})` : c)).join(' & ')};`);
    // Outside of the array the first element is read instead, and discarded.
    return { at: `select(0u, u32(${at}), ${inside})`, inside };
  }

  private scalar(at: string, inside: string | undefined): string {
    const { text, layout } = this;
    const type = this.arranged.product.type;
    const value = text.fresh('v');
    text.line(`let ${value} = ${type}(${text.element(layout.side.region, at)});`);
    return inside ? `select(${type}(), ${value}, ${inside})` : value;
  }

  private vector(at: string, inside: string | undefined): string {
    const { text, layout } = this;
    const { region } = layout.side;
    const type = `vec4<${this.arranged.product.type}>`;
    const value = text.fresh('v');
    if (text.isWide(region)) text.line(`let ${value} = ${type}(${text.bindings.read(region, 4)}[(${at}) >> 2u]);`);
    else {
      const first = text.fresh('at');
      text.line(`let ${first} = ${at};`);
      const parts = [0, 1, 2, 3].map(
        (c) => `${this.arranged.product.type}(${text.element(region, `${first} + ${c}u`)})`,
      );
      text.line(`let ${value} = ${type}(${parts.join(', ')});`);
    }
    return inside ? `select(${type}(), ${value}, ${inside})` : value;
  }
}

interface Term {
  readonly offset: string;
  readonly exists: string | undefined;
  readonly steps: readonly { readonly index: string; readonly window: Layout['side']['windows'][number] }[];
}
