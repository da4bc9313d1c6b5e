import { count } from '../../../compiler/contraction/product.ts';
import type { ContractionStep } from '../../../compiler/plan.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Dispatch, EmitContext } from '../dispatch.ts';
import { KernelText } from './kernel-text.ts';
import { type Arranged, linesOf } from './layout.ts';
import { Reader } from './reader.ts';
import { writeTail, writtenPlaces } from './tail.ts';
import { type Tile, threadsOf } from './tile.ts';

/**
 * A tiled product. A workgroup loads blocks of both operands into its memory as vectors of four, double-buffered where
 * there is room: the next block is loaded while the current one is multiplied. Each invocation keeps its sums in
 * registers. At the end the sums pass through workgroup memory once more, so that neighbouring invocations store side
 * by side and the text of the tail is written once.
 */
export function tiledProduct(
  step: ContractionStep,
  arranged: Arranged,
  tile: Tile,
  partial: Region | undefined,
  context: EmitContext,
): Dispatch {
  const text = new KernelText(context);
  const { product, layouts } = arranged;
  const type = product.type;
  const vector = `vec4<${type}>`;
  const [m, n, k] = [linesOf(layouts[0]), linesOf(layouts[1]), count(arranged.depth)];
  const batches = count(product.batch);
  const threads = threadsOf(tile);
  const [own, block] = [tile.own, [tile.rows, tile.columns] as const];
  const [gridX, gridY] = [tile.columns / own[1], tile.rows / own[0]];
  const written = writtenPlaces(step, context.placeOf);
  for (const { side, isWide } of layouts) {
    const place = context.placeOf(side.region);
    if (isWide && !written.has(place)) text.bindWide(side.region);
  }

  const steps = Math.ceil(k / tile.depth);
  const share = Math.ceil(steps / tile.splits);
  const quads = tile.depth / 4;
  const width = (s: 0 | 1): number => (layouts[s].along === 'depth' ? block[s] : block[s] / 4);
  const height = (s: 0 | 1): number => (layouts[s].along === 'depth' ? quads : tile.depth);
  const bytes = (buffers: number, pad: number): number =>
    [0, 1].reduce((sum, x) => {
      const s = x as 0 | 1;
      return sum + 16 * buffers * height(s) * (width(s) + (layouts[s].along === 'depth' ? pad : 0));
    }, 0);
  const room = context.gpu.sharedBytes;
  const isPipelined = share > 1 && layouts.every((l) => l.isWide);
  const buffers = isPipelined && bytes(2, 0) <= room ? 2 : 1;
  // Rows are padded by two, so that neighbouring invocations that store along the sum hit different banks.
  const pad = bytes(buffers, 2) <= room ? 2 : 0;
  const shared = (['left', 'right'] as const).map((name, x) => {
    const s = x as 0 | 1;
    const row = width(s) + (layouts[s].along === 'depth' ? pad : 0);
    return `var<workgroup> ${name}: array<array<array<${vector}, ${row}>, ${height(s)}>, ${buffers}>;`;
  });

  // The workgroup's tile, product and part of the sum.
  const [tilesM, tilesN] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns)];
  const tiles = tilesM * tilesN;
  text.line(`let tile = group ${tiles > 1 ? `% ${tiles}u` : '* 0u'};`);
  text.line(`let rest = group / ${tiles}u;`);
  text.line(`let batch = rest ${batches > 1 ? `% ${batches}u` : '* 0u'};`);
  // Workgroups that run at the same time cover a compact patch of tiles, whose operands stay in the cache.
  const patch = Math.min(8, tilesM);
  text.line(`let firstRow = (tile / ${patch * tilesN}u) * ${patch}u;`);
  text.line(`let patchRows = min(${tilesM}u - firstRow, ${patch}u);`);
  text.line(`let rowTile = firstRow + (tile % ${patch * tilesN}u) % patchRows;`);
  text.line(`let columnTile = (tile % ${patch * tilesN}u) / patchRows;`);
  text.line(`let split = rest / ${batches}u;`);
  text.line(`let begin = split * ${share}u;`);
  text.line(`let end = min(begin + ${share}u, ${steps}u);`);
  // The invocations of a subgroup form a block 8 columns wide, so that they read few distinct rows.
  text.line(gridX >= 8 ? `let x = lane % 8u + 8u * ((lane / 32u) % ${gridX / 8}u);` : `let x = lane % ${gridX}u;`);
  text.line(gridX >= 8 ? `let y = (lane / 8u) % 4u + 4u * (lane / ${4 * gridX}u);` : `let y = lane / ${gridX}u;`);
  const sumOf = (i: number, q: number): string => `sum${i}_${q}`;
  for (let i = 0; i < own[0]; i++) for (let q = 0; q < own[1] / 4; q++) text.line(`var ${sumOf(i, q)} = ${vector}();`);

  const readers = ([0, 1] as const).map(
    (s) =>
      new Reader(text, arranged, s, {
        block: block[s],
        depth: tile.depth,
        threads,
        first: `${s === 0 ? 'rowTile' : 'columnTile'} * ${block[s]}u`,
      }),
  );
  if (k > 0) {
    if (tile.splits * share !== steps || tile.splits > 1) text.line('if (begin < end) {');
    const sides = readers.map((r, x) => [r, x === 0 ? 'left' : 'right'] as const);
    if (isPipelined) {
      for (const r of readers) r.prepare();
      for (const r of readers) r.declare(vector);
      // Iteration t loads block t while block t - 1 is multiplied.
      text.line('for (var t = begin; t <= end; t++) {');
      for (const r of readers) r.fetch('min(t, end - 1u)');
      text.line('if (t > begin) {');
      multiply(buffers === 2 ? '(t + 1u) & 1u' : '0u');
      text.line('}');
      if (buffers === 1) text.line('workgroupBarrier();');
      for (const [r, name] of sides) r.keep(name, buffers === 2 ? 't & 1u' : '0u');
      text.line('workgroupBarrier();');
      text.line('}');
    } else {
      for (const r of readers) r.prepareStart();
      text.line('for (var t = begin; t < end; t++) {');
      for (const [r, name] of sides) r.bring('t', name);
      text.line('workgroupBarrier();');
      multiply('0u');
      text.line('workgroupBarrier();');
      text.line('}');
    }
    if (tile.splits * share !== steps || tile.splits > 1) text.line('}');
  }

  /** Adds the products of one block of `depth` terms to sum[i, j]. */
  function multiply(buffer: string): void {
    text.line(`for (var q = 0u; q < ${quads}u; q++) {`);
    const right = (kk: number, q: number): string => `r${kk}_${q}`;
    if (layouts[1].along === 'depth') {
      for (let j = 0; j < own[1]; j++) text.line(`let c${j} = right[${buffer}][q][x + ${gridX * j}u];`);
      for (let kk = 0; kk < 4; kk++)
        for (let q = 0; q < own[1] / 4; q++)
          text.line(`let ${right(kk, q)} = ${vector}(${[0, 1, 2, 3].map((c) => `c${4 * q + c}[${kk}]`).join(', ')});`);
    } else
      for (let kk = 0; kk < 4; kk++)
        for (let q = 0; q < own[1] / 4; q++)
          text.line(`let ${right(kk, q)} = right[${buffer}][4u * q + ${kk}u][x + ${gridX * q}u];`);
    const add = (i: number, kk: number, scalar: string): void => {
      for (let q = 0; q < own[1] / 4; q++)
        text.line(
          type === 'f32'
            ? `${sumOf(i, q)} = fma(${vector}(${scalar}), ${right(kk, q)}, ${sumOf(i, q)});`
            : `${sumOf(i, q)} += ${scalar} * ${right(kk, q)};`,
        );
    };
    if (layouts[0].along === 'depth')
      for (let i = 0; i < own[0]; i++) {
        text.line(`let l${i} = left[${buffer}][q][y + ${gridY * i}u];`);
        for (let kk = 0; kk < 4; kk++) add(i, kk, `l${i}[${kk}]`);
      }
    else
      for (let kk = 0; kk < 4; kk++)
        for (let p = 0; p < own[0] / 4; p++) {
          text.line(`let l${kk}_${p} = left[${buffer}][4u * q + ${kk}u][y + ${gridY * p}u];`);
          for (let c = 0; c < 4; c++) add(4 * p + c, kk, `l${kk}_${p}[${c}]`);
        }
    text.line('}');
  }

  // Writes the finished sums, as many of each invocation's rows at a time as fit in workgroup memory.
  const capacity = ([0, 1] as const).map((s) => buffers * height(s) * width(s));
  const bigger = capacity[0] >= capacity[1] ? 0 : 1;
  const [sw, sh] = [width(bigger), height(bigger)];
  const stage = (at: string): string =>
    `${bigger === 0 ? 'left' : 'right'}[(${at}) / ${sw * sh}u][((${at}) / ${sw}u) % ${sh}u][(${at}) % ${sw}u]`;
  const perRow = (gridY * tile.columns) / 4;
  let together = own[0];
  while (together * perRow > capacity[bigger]) together /= 2;
  const finish = text.part(() => {
    if (partial) {
      const at = `((split * ${batches}u + batch) * ${m}u + row) * ${n}u + column`;
      text.store(partial, at, 'sum');
    } else {
      text.line('let b = i32(batch);');
      text.line('let i = i32(row);');
      text.line('let j = i32(column);');
      writeTail(text, step, arranged, { batch: 'b', row: 'i', column: 'j', sum: 'sum' });
    }
  });
  for (let first = 0; first < own[0]; first += together) {
    if (first > 0) text.line('workgroupBarrier();');
    for (let i = 0; i < together; i++)
      for (let q = 0; q < own[1] / 4; q++) {
        text.line('{');
        text.line(`let at = ${i * perRow + q * gridX}u + y * ${tile.columns / 4}u + x;`);
        text.line(`${stage('at')} = ${sumOf(first + i, q)};`);
        text.line('}');
      }
    text.line('workgroupBarrier();');
    const elements = together * gridY * tile.columns;
    text.line(`for (var e = lane; e < ${elements}u; e += ${threads}u) {`);
    text.line(`let c = e % ${tile.columns}u;`);
    text.line(`let line = e / ${tile.columns}u;`);
    text.line(`let i = ${first}u + line / ${gridY}u;`);
    text.line(
      `let row = rowTile * ${tile.rows}u + ${layouts[0].along === 'depth' ? `line % ${gridY}u + ${gridY}u * i` : `4u * (line % ${gridY}u + ${gridY}u * (i / 4u)) + i % 4u`};`,
    );
    text.line(`let column = columnTile * ${tile.columns}u + c;`);
    const inside = [...(m % tile.rows ? [`row < ${m}u`] : []), ...(n % tile.columns ? [`column < ${n}u`] : [])];
    if (inside.length > 0) text.line(`if (${inside.map((c) => `(${c})`).join(' & ')}) {`);
    if (layouts[1].along === 'depth')
      text.line(`let at = line * ${tile.columns / 4}u + (c / ${4 * gridX}u) * ${gridX}u + c % ${gridX}u;`);
    else text.line(`let at = line * ${tile.columns / 4}u + c / 4u;`);
    const component = layouts[1].along === 'depth' ? `(c / ${gridX}u) % 4u` : 'c % 4u';
    text.line(`finish(batch, row, column, split, ${stage('at')}[${component}]);`);
    if (inside.length > 0) text.line('}');
    text.line('}');
  }
  return text.dispatch(step.info.name, {
    threads,
    groups: tiles * batches * tile.splits,
    declarations: [
      ...shared,
      `fn finish(batch: u32, row: u32, column: u32, split: u32, sum: ${type}) {`,
      ...finish,
      '}',
    ],
  });
}
