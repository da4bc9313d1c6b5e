import type { CocoParameters } from './params.ts';

/**
 * What is kept of every detection once its image has been matched: its score, the first cut it belongs to, and two bits
 * for each area range and overlap threshold. Memory grows with the number of detections and with nothing else.
 */
export class MatchLedger {
  /** 32-bit words with one bit per threshold. */
  readonly wordsPerRange: number;
  /** Words of one detection: ranges x words. */
  readonly stride: number;
  rowCount = 0;
  groupCount = 0;
  scores = new Float64Array(0);
  /** The smallest index into `maxDetections` whose cut keeps the row. */
  firstCut = new Uint16Array(0);
  /** Bit t: the detection found an object that counts. */
  hits = new Int32Array(0);
  /** Bit t: the detection counts, as right or as wrong. */
  counted = new Int32Array(0);
  groupClass = new Int32Array(0);
  groupImage = new Int32Array(0);
  /** First row of each group; a group ends where the next begins. */
  groupStart = new Int32Array(1);
  /** Objects that count: [class, range]. */
  truthCounts: Int32Array[] = [];

  constructor(parameters: CocoParameters) {
    this.wordsPerRange = Math.ceil(parameters.iouThresholds.length / 32);
    this.stride = this.wordsPerRange * parameters.areaLabels.length;
  }

  /** Makes room for a group of `count` detections and returns its first row. */
  openGroup(classSlot: number, image: number, count: number): number {
    const start = this.rowCount;
    this.rowCount += count;
    if (this.rowCount > this.scores.length) {
      const capacity = Math.max(1024, 2 * this.rowCount);
      this.scores = copyInto(new Float64Array(capacity), this.scores);
      this.firstCut = copyInto(new Uint16Array(capacity), this.firstCut);
      this.hits = copyInto(new Int32Array(capacity * this.stride), this.hits);
      this.counted = copyInto(new Int32Array(capacity * this.stride), this.counted);
    }
    if (this.groupCount === this.groupClass.length) {
      const capacity = Math.max(256, 2 * this.groupCount);
      this.groupClass = copyInto(new Int32Array(capacity), this.groupClass);
      this.groupImage = copyInto(new Int32Array(capacity), this.groupImage);
      this.groupStart = copyInto(new Int32Array(capacity + 1), this.groupStart);
    }
    this.groupClass[this.groupCount] = classSlot;
    this.groupImage[this.groupCount] = image;
    this.groupStart[++this.groupCount] = this.rowCount;
    return start;
  }
}

function copyInto<A extends Float64Array | Int32Array | Uint16Array>(larger: A, old: A): A {
  larger.set(old);
  return larger;
}
