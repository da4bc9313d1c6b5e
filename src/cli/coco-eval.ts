import { readFileSync } from 'node:fs';
import { evaluate, type IouType, loadAnnotations, loadDetections, summaryTable } from '../coco/index.ts';
import { command } from './command.ts';
import { oneOf, wrongUsage } from './usage.ts';

/** `hornbeam coco-eval`: evaluates a COCO result file and prints the table. */
export const cocoEval = command({
  name: 'coco-eval',
  words: [],
  about: 'Prints the 12 COCO figures as pycocotools does.',
  options: {
    gt: { type: 'string', value: 'FILE', doc: 'annotations: { images, categories, annotations }' },
    dt: {
      type: 'string',
      value: 'FILE',
      doc: 'results: [{ image_id, category_id, score, bbox or segmentation }, ...]',
    },
    type: { type: 'string', value: 'TYPE', doc: 'compare boxes (bbox, the default) or masks (segm)' },
  },
  async run({ values: { gt, dt, type = 'bbox' } }, { out }) {
    if (gt === undefined || dt === undefined)
      return wrongUsage(`--${gt === undefined ? 'gt' : 'dt'} is missing`, 'hornbeam coco-eval --gt FILE --dt FILE');
    out(summaryTable(statsOf(gt, dt, oneOf('type', type, ['bbox', 'segm']))));
    return 0;
  },
});

function statsOf(gt: string, dt: string, iouType: IouType): Float64Array {
  const annotations = loadAnnotations(readFileSync(gt, 'utf8'), { iouType, file: gt });
  const detections = loadDetections(readFileSync(dt, 'utf8'), annotations, { iouType, file: dt });
  const { imageIds, categoryIds, truths } = annotations;
  return evaluate({ imageIds, truths, detections }, { iouType, categoryIds }).stats;
}
