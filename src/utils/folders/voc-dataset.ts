import type { TNode } from 'txml/txml';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { part } from '../../base/part.ts';
import { readFile } from '../../formats/file.ts';
import { pngNumbers } from '../../formats/images/png.ts';
import { nodeModules } from '../../formats/node-modules.ts';
import {
  type DetectionDataset,
  type DetectionOptions,
  detectionDataset,
  detectionOptions,
  type Scene,
  type Thing,
} from './detection.ts';

/** Options of `vocDataset`. */
export interface VocDatasetOptions extends DetectionOptions {
  /** Which images: the name of a list in `ImageSets/Main` (with masks, in `ImageSets/Segmentation`), without its ending; all by default. */
  readonly split?: string | null | undefined;
  /** Class names, in order; by default the 20 of Pascal VOC. */
  readonly classNames?: readonly string[] | undefined;
  /** Whether to leave out objects marked as difficult; false by default. */
  readonly skipDifficult?: boolean | undefined;
}
const vocDatasetOptions: OptionNames<VocDatasetOptions> = {
  ...detectionOptions,
  split: true,
  classNames: true,
  skipDifficult: true,
};
const vocClasses =
  `aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep
sofa train tvmonitor`.split(/\s/);

/**
 * A dataset of images with boxes (and masks) from a folder in Pascal VOC's layout, with `Annotations`, `JPEGImages`
 * and, for masks, `SegmentationClass` and `SegmentationObject`: batches `{ images, boundingBoxes: { boxes, labels },
 * segmentationMasks }`, as preprocessing layers for images take them. VOC counts pixels from 1, boxes here from 0. In
 * class masks, 255 marks pixels that VOC leaves undecided.
 * @see http://host.robots.ox.ac.uk/pascal/VOC/
 */
export const vocDatasetFromDirectory = exact('utils.vocDatasetFromDirectory', 2, async function vocDatasetFromDirectory<
  const O extends VocDatasetOptions = {},
>(directory: string, options?: O): Promise<DetectionDataset<O>> {
  const who = 'vocDatasetFromDirectory';
  const {
    split,
    classNames = vocClasses,
    skipDifficult = false,
    ...rest
  }: VocDatasetOptions = optionsOf(who, vocDatasetOptions, options as VocDatasetOptions);
  const { fs, path } = nodeModules(who, 'load the images, and make a dataset of them with keras.data.Dataset');
  const { masks } = rest;
  const at = (...parts: readonly string[]): string => path.join(directory, ...parts);
  const text = async (file: string): Promise<string> => new TextDecoder().decode(await readFile(file));
  const list = split && at('ImageSets', masks ? 'Segmentation' : 'Main', `${split}.txt`);
  const names = list
    ? // Lists of a class say beside each name whether it is in the image.
      (await text(list)).split('\n').flatMap((line) => line.trim().split(/\s/, 1).filter(Boolean))
    : (await fs.readdir(at('Annotations')).catch((error: Error) => fail(who, error.message, 'check the folder')))
        .filter((file) => file.endsWith('.xml'))
        .map((file) => file.slice(0, -'.xml'.length))
        .sort();
  const maskFolder = masks === 'classes' ? 'SegmentationClass' : 'SegmentationObject';
  const scenes: Scene[] = [];
  for (const name of names) {
    const file = at('Annotations', `${name}.xml`);
    const { image, things } = await readAnnotation(`annotation ${file}`, await text(file), classNames);
    const png = at(maskFolder, `${name}.png`);
    scenes.push({
      path: at('JPEGImages', image ?? `${name}.jpg`),
      things: things.filter(({ isDifficult }) => !(skipDifficult && isDifficult)),
      ...(masks && { maskFile: async () => pngNumbers(png, await readFile(png)) }),
    });
  }
  return detectionDataset<O>(who, scenes, classNames, rest);
});

interface VocThing extends Thing {
  readonly isDifficult: boolean;
}
/** What an annotation says. */
async function readAnnotation(
  who: string,
  xml: string,
  classNames: readonly string[],
): Promise<{ image: string | undefined; things: VocThing[] }> {
  const { parse } = await part('XML', () => import('txml/txml'));
  const childrenOf = (node: TNode | undefined, name: string): TNode[] =>
    (node?.children ?? []).filter((child) => typeof child === 'object').filter(({ tagName }) => tagName === name);
  const wordOf = (node: TNode | undefined, name: string): string | undefined => {
    const [word] = childrenOf(node, name)[0]?.children ?? [];
    return typeof word === 'string' ? word.trim() : undefined;
  };
  const [root] = childrenOf(
    { tagName: '', attributes: {}, children: parse(xml, { decodeEntities: true }) },
    'annotation',
  );
  if (!root) return fail(who, 'it has no <annotation>', 'check that the file is complete');
  const things = childrenOf(root, 'object').map((object, k): VocThing => {
    const name = wordOf(object, 'name');
    const label = classNames.indexOf(name ?? '');
    if (label < 0)
      fail(
        who,
        `object ${k} is ${show(name)}, which is none of the classes`,
        `give { classNames }; they are ${classNames.join(', ')}`,
      );
    const [box] = childrenOf(object, 'bndbox');
    const side = (which: string): number => {
      const value = Number(wordOf(box, which) ?? Number.NaN);
      return Number.isFinite(value)
        ? value
        : fail(who, `object ${k} has no ${which}`, 'give xmin, ymin, xmax and ymax in a <bndbox>');
    };
    const [left, top] = [side('xmin') - 1, side('ymin') - 1];
    return {
      box: [left, top, side('xmax') - left, side('ymax') - top],
      label,
      number: k + 1,
      isDifficult: wordOf(object, 'difficult') === '1',
    };
  });
  return { image: wordOf(root, 'filename'), things };
}
