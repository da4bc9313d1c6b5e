import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fail } from '../base/errors.ts';
import { evaluate, type IouType, loadAnnotations, loadDetections, summaryTable } from '../coco/index.ts';
import type { Streams } from './streams.ts';

const help = `Usage: hornbeam coco-eval --gt instances.json --dt detections.json [--type bbox|segm]

Prints the 12 COCO figures as pycocotools does.

  --gt FILE     annotations: { images, categories, annotations }
  --dt FILE     results: [{ image_id, category_id, score, bbox or segmentation }, ...]
  --type TYPE   compare boxes (bbox, the default) or masks (segm)
  -h, --help    this text`;

/** `hornbeam coco-eval`: evaluates a COCO result file and prints the table. */
export function cocoEval(args: readonly string[], { out }: Streams): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      gt: { type: 'string' },
      dt: { type: 'string' },
      type: { type: 'string', default: 'bbox' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    out(help);
    return;
  }
  const { gt, dt, type } = values;
  if (gt === undefined || dt === undefined)
    fail('coco-eval', `--${gt === undefined ? 'gt' : 'dt'} is missing`, 'hornbeam coco-eval --gt FILE --dt FILE');
  if (type !== 'bbox' && type !== 'segm') fail('coco-eval', `unknown type "${type}"`, 'use bbox or segm');
  out(summaryTable(statsOf(gt, dt, type)));
}

function statsOf(gt: string, dt: string, iouType: IouType): Float64Array {
  const annotations = loadAnnotations(readFileSync(gt, 'utf8'), { iouType, file: gt });
  const detections = loadDetections(readFileSync(dt, 'utf8'), annotations, { iouType, file: dt });
  const { imageIds, categoryIds, truths } = annotations;
  return evaluate({ imageIds, truths, detections }, { iouType, categoryIds }).stats;
}
