import { readCurves } from '../visualize/precision-recall.ts';
import type { StudioNoteOptions } from './options.ts';
import type { StudioNote } from './protocol.ts';

type Detection = NonNullable<StudioNoteOptions['detection']>;
/** The most classes with their own line. */
const mostLines = 8;

/** AP of each class as bars, and their precision over recall. */
export function ofDetection(detection: Detection): Pick<StudioNote, 'values' | 'lines'> {
  const { classNames, categoryIds, perClassAp, recallThresholds, iouThresholds } = detection;
  const nameOf = (id: number): string => classNames?.[id] ?? `class ${id}`;
  const measured = categoryIds.flatMap((id, k) => (perClassAp[k] >= 0 ? [[nameOf(id), perClassAp[k]] as const] : []));
  const half = iouThresholds.includes(0.5) ? 0.5 : iouThresholds[0];
  const curves = detection.curves ? [...readCurves(detection, half, classNames)].slice(0, mostLines) : [];
  const x = Array.from(recallThresholds);
  return {
    values: Object.fromEntries(measured),
    lines: Object.fromEntries(curves.map(([, { name, precision }]) => [name, { x, y: precision }])),
  };
}
