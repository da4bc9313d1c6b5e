import { exact } from '../../base/exact.ts';
import { type JsonPlace, readJson } from '../../base/json-place.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { mask as masks } from '../../coco/index.ts';
import { readFile } from '../../formats/file.ts';
import { nodeModules } from '../../formats/node-modules.ts';
import {
  type DetectionDataset,
  type DetectionOptions,
  detectionDataset,
  detectionOptions,
  type Thing,
} from './detection.ts';

/** Options of `cocoDataset`. */
export interface CocoDatasetOptions extends DetectionOptions {
  /** Whether to include crowds; false by default, since their boxes contain many objects. */
  readonly includeCrowds?: boolean | undefined;
}
const cocoDatasetOptions: OptionNames<CocoDatasetOptions> = { ...detectionOptions, includeCrowds: true };

/**
 * A dataset of images with boxes (and masks) from a folder of images and annotations in COCO's format, given as a path
 * or as parsed JSON: batches `{ images, boundingBoxes: { boxes, labels }, segmentationMasks }`, as preprocessing layers
 * for images take them. Classes are numbered in the order of their ids: `dataset.classNames`; `dataset.categoryIds` has
 * the ids.
 * @see https://cocodataset.org/#format-data
 */
export const cocoDatasetFromDirectory = exact(
  'utils.cocoDatasetFromDirectory',
  3,
  async function cocoDatasetFromDirectory<const O extends CocoDatasetOptions = {}>(
    directory: string,
    annotations: string | object,
    options?: O,
  ): Promise<DetectionDataset<O> & { readonly categoryIds: readonly number[] }> {
    const who = 'cocoDatasetFromDirectory';
    const { includeCrowds = false, ...rest }: CocoDatasetOptions = optionsOf(
      who,
      cocoDatasetOptions,
      options as CocoDatasetOptions,
    );
    const { path } = nodeModules(who, 'load the images, and make a dataset of them with keras.data.Dataset');
    const isFile = typeof annotations === 'string';
    const root = isFile
      ? readJson(`annotations ${annotations}`, new TextDecoder().decode(await readFile(annotations)))
      : readJson('annotations', annotations);
    const categories = rows(root, 'categories')
      .map((row) => ({
        id: row.member('id').integer('number of the class'),
        name: row.member('name').text('name of the class'),
      }))
      .sort((a, b) => a.id - b.id);
    const labels = new Map(categories.map(({ id }, k) => [id, k]));
    const things = new Map<number, Thing[]>();
    for (const row of rows(root, 'images')) things.set(row.member('id').integer('number of the image'), []);
    for (const row of rows(root, 'annotations')) {
      if (row.member('iscrowd').value && !includeCrowds) continue;
      const image = row.member('image_id');
      const list =
        things.get(image.integer('number of the image')) ?? image.refuse('there is no such image', 'add it to images');
      const category = row.member('category_id');
      const label =
        labels.get(category.integer('number of the class')) ??
        category.refuse('there is no such class', 'add it to categories');
      const [x, y, w, h] = row.member('bbox').numbers('left, top, width and height of the box', 4) as [
        number,
        number,
        number,
        number,
      ];
      const segmentation = row.member('segmentation');
      const mask = segmentation.isPresent
        ? { mask: (height: number, width: number) => bitmap(segmentation, height, width) }
        : {};
      list.push({ box: [x, y, w, h], label, ...mask });
    }
    const scenes = rows(root, 'images').map((row) => ({
      path: path.join(directory, row.member('file_name').text('name of the file in the folder')),
      things: things.get(row.member('id').value as number)!,
    }));
    const names = categories.map(({ name }) => name);
    return Object.assign(detectionDataset<O>(who, scenes, names, rest), {
      categoryIds: categories.map(({ id }) => id),
    });
  },
);

function rows(root: JsonPlace, name: string): JsonPlace[] {
  const list = root.member(name).list(`a file of annotations has images, annotations and categories`);
  return Array.from({ length: list.length }, (_, i) => list.at(i));
}

/** The bitmap of polygons or run lengths. */
function bitmap(place: JsonPlace, height: number, width: number): Uint8Array {
  const { value } = place;
  if (!Array.isArray(value)) return masks.decode(value as Parameters<typeof masks.decode>[0]);
  const list = place.list('a list of polygons');
  const polygons = Array.from({ length: list.length }, (_, i) => list.at(i).numbers('x and y of each corner'));
  return masks.decode(masks.merge(masks.fromPolygons(polygons, height, width)));
}
