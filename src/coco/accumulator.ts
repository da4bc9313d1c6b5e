import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf, refuseBeside } from '../base/options.ts';
import { type Detections, type ImageRows, RowSource, type Truths } from './columns.ts';
import { MatchLedger } from './ledger.ts';
import { GroupMatcher, type MatchTrace } from './match.ts';
import { type CocoOptions, type CocoParameters, cocoParameters } from './params.ts';
import { precisionRecall } from './precision-recall.ts';
import type { CocoResult } from './result.ts';
import { sortByFallingKey } from './stable-order.ts';
import { isNearPrintedTie, meanPerClass, summarize } from './summary.ts';

/** How much of the result to compute. */
export interface CocoResultOptions {
  /** Also keep the precision-recall curves: 101 times the memory of the tables. Default: false. */
  readonly curves?: boolean;
}
const cocoResultOptions: OptionNames<CocoResultOptions> = { curves: true };

/**
 * COCO average precision, image by image: `addImage` matches an image at once and keeps a few bytes for each detection;
 * `evaluate` joins, sorts and sums, and remembers its answer until another image comes.
 */
export class CocoAccumulator {
  /** The rules of the evaluation: the given options, with COCO's defaults for the rest. */
  readonly parameters: CocoParameters;
  readonly #matcher: GroupMatcher;
  readonly #trace: MatchTrace | undefined;
  /** Position of each class in the ledger, in order of arrival. */
  #slots = new Map<number, number>();
  #imageIds: number[] = [];
  #knownImages = new Set<number>();
  #ledger: MatchLedger;
  #order = new Int32Array(64);
  #result: CocoResult | undefined;

  constructor(options: CocoOptions = {}, trace?: MatchTrace, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    this.parameters = cocoParameters(options);
    this.#matcher = new GroupMatcher(this.parameters);
    this.#trace = trace;
    this.#ledger = new MatchLedger(this.parameters);
    this.reset();
  }

  /** How many images have been added. */
  get imageCount(): number {
    return this.#imageIds.length;
  }

  /** How many detections are held: those within the largest cut, of evaluated classes. */
  get detectionCount(): number {
    return this.#ledger.rowCount;
  }

  /** Forgets all images. */
  reset(): void {
    this.#ledger = new MatchLedger(this.parameters);
    this.#imageIds = [];
    this.#knownImages = new Set();
    this.#slots = new Map();
    this.#result = undefined;
    for (const id of this.parameters.categoryIds ?? []) this.#slots.set(id, this.#slots.size);
  }

  /** Adds an image: its objects and detections. Images count in ascending order of their ids; default: order of arrival. */
  addImage(truths: Truths, detections: Detections, imageId: number = this.#imageIds.length): void {
    const source = new RowSource(truths, detections, this.parameters.iouType);
    this.addRows(source.image(allRows(truths), allRows(detections)), imageId);
  }

  /** Adds an image given as rows of larger columns, which are not copied. */
  addRows(rows: ImageRows, imageId: number): void {
    if (this.#knownImages.has(imageId)) {
      fail(
        'CocoAccumulator',
        `image ${imageId} was added before`,
        'add each image once, with all its objects and detections',
      );
    }
    this.#result = undefined;
    this.#knownImages.add(imageId);
    const image = this.#imageIds.push(imageId) - 1;
    for (const [slot, group] of this.#split(rows)) this.#addGroup(slot, image, rows, group);
  }

  /** The result over all images so far. */
  evaluate(options: CocoResultOptions = {}): CocoResult {
    optionsOf('coco.CocoAccumulator', cocoResultOptions, options);
    const { curves: withCurves = false } = options;
    if (this.#result && (this.#result.curves || !withCurves)) return this.#result;
    const { parameters } = this;
    const { iouThresholds, recallThresholds, areaLabels, maxDetections, useCategories } = parameters;
    const categoryIds = useCategories ? [...this.#slots.keys()].sort((a, b) => a - b) : [];
    const slots = useCategories ? categoryIds.map((id) => this.#slots.get(id)!) : [0];
    const groups = this.#groupsInOrder();
    const noTruths = new Int32Array(areaLabels.length);
    const classGroups = slots.map((slot) => groups[slot] ?? []);
    const truthCounts = slots.map((slot) => this.#ledger.truthCounts[slot] ?? noTruths);
    const tables = precisionRecall(this.#ledger, classGroups, truthCounts, parameters, withCurves);
    const { recall, apTable, curves } = tables;
    let stats = summarize(tables, parameters);
    // Rare in sets of any size: the curves are worth their while for a table that prints like the reference's.
    if (!withCurves && isNearPrintedTie(stats)) {
      stats = summarize(precisionRecall(this.#ledger, classGroups, truthCounts, parameters, true), parameters);
    }
    const shape = [iouThresholds.length, slots.length, areaLabels.length, maxDetections.length] as const;
    this.#result = {
      stats,
      categoryIds,
      shape,
      recall,
      apTable,
      perClassAp: meanPerClass(apTable, shape),
      perClassAr: meanPerClass(recall, shape),
      iouThresholds,
      recallThresholds,
      curves,
    };
    return this.#result;
  }

  /** The rows of an image by class slot; all in slot 0, ordered by class, if classes are not told apart. */
  #split({ truthRows, detectionRows, truthClasses, detectionClasses }: ImageRows): Map<number, Group> {
    const groups = new Map<number, Group>();
    const groupOf = (classId: number): Group | undefined => {
      let slot = this.#slots.get(classId);
      if (slot === undefined) {
        if (this.parameters.categoryIds) return undefined;
        slot = this.#slots.size;
        this.#slots.set(classId, slot);
      }
      let group = groups.get(slot);
      if (!group) groups.set(slot, (group = { truths: [], detections: [] }));
      return group;
    };
    for (const row of truthRows) groupOf(truthClasses[row])?.truths.push(row);
    for (const row of detectionRows) groupOf(detectionClasses[row])?.detections.push(row);
    if (this.parameters.useCategories || groups.size === 0) return groups;
    // Listed classes keep the order they were listed in, as in the reference.
    const isListed = this.parameters.categoryIds !== undefined;
    const order = [...this.#slots].sort(([a], [b]) => (isListed ? 0 : a - b)).map(([, slot]) => groups.get(slot));
    const truths = order.flatMap((group) => group?.truths ?? []);
    const detections = order.flatMap((group) => group?.detections ?? []);
    return new Map([[0, { truths, detections }]]);
  }

  #addGroup(slot: number, image: number, columns: ImageRows, { truths, detections }: Group): void {
    const { maxDetections, areaLabels } = this.parameters;
    const ledger = this.#ledger;
    const order = this.#sorted(detections, columns.scores);
    const count = Math.min(detections.length, maxDetections[maxDetections.length - 1]);
    const start = ledger.openGroup(slot, image, count);
    for (let rank = 0, cut = 0; rank < count; rank++) {
      while (rank >= maxDetections[cut]) cut++;
      ledger.firstCut[start + rank] = cut;
      ledger.scores[start + rank] = columns.scores[order[rank]];
    }
    const group = { columns, truths, detections: order, count, start };
    ledger.truthCounts[slot] ??= new Int32Array(areaLabels.length);
    this.#matcher.countTruths(group, ledger.truthCounts[slot]);
    this.#matcher.match(group, ledger, this.#trace);
  }

  /** The rows by falling score, in a buffer that the next call overwrites. */
  #sorted(rows: readonly number[], scores: Float64Array): Int32Array {
    if (rows.length > this.#order.length) this.#order = new Int32Array(2 * rows.length);
    for (let i = 0; i < rows.length; i++) this.#order[i] = rows[i];
    sortByFallingKey(this.#order, scores, rows.length);
    return this.#order;
  }

  /** The ledger's groups of each class slot, images ascending by id. */
  #groupsInOrder(): number[][] {
    const ids = this.#imageIds;
    const { groupClass, groupImage, groupCount } = this.#ledger;
    const order = Array.from({ length: groupCount }, (_, group) => group);
    const isAscending = ids.every((id, i) => i === 0 || ids[i - 1] < id);
    if (!isAscending) order.sort((a, b) => ids[groupImage[a]] - ids[groupImage[b]]);
    const groups: number[][] = [];
    for (const group of order) (groups[groupClass[group]] ??= []).push(group);
    return groups;
  }

  static {
    exactMethods<CocoAccumulator>(this, { addImage: 3, evaluate: 1 });
  }
}

const allRows = ({ categoryIds }: { readonly categoryIds: ArrayLike<number> }): Int32Array =>
  Int32Array.from({ length: categoryIds.length }, (_, row) => row);

interface Group {
  readonly truths: number[];
  readonly detections: number[];
}
