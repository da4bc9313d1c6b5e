/** The functions of `keras.utils` that load data. */

export { PyDataset, PyDataset as Sequence, type PyDatasetOptions } from '../data/py-dataset.ts';
export type { ColorMode, Mode, Pixels } from '../formats/images/pixels.ts';
export { type AudioDatasetOptions, audioDatasetFromDirectory } from './folders/audio-dataset.ts';
export { type CocoDatasetOptions, cocoDatasetFromDirectory } from './folders/coco-dataset.ts';
export type { FolderDataset, FolderDatasets } from './folders/dataset.ts';
export type { DetectionBatch, DetectionDataset, DetectionOptions } from './folders/detection.ts';
export type { FolderOptions } from './folders/files.ts';
export { type ImageDatasetOptions, imageDatasetFromDirectory } from './folders/image-dataset.ts';
export { type TextDatasetOptions, textDatasetFromDirectory } from './folders/text-dataset.ts';
export { type VocDatasetOptions, vocDatasetFromDirectory } from './folders/voc-dataset.ts';
export { type GetFileOptions, getFile } from './get-file.ts';
export { type ArrayToImgOptions, arrayToImg, type ImgToArrayOptions, imgToArray } from './images/arrays.ts';
export { type ImageDecoder, type LoadImgOptions, loadImg } from './images/load-img.ts';
export { type SaveImgOptions, saveImg } from './images/save-img.ts';
export { type PadSequencesOptions, padSequences } from './pad-sequences.ts';
export { type SplitDatasetOptions, splitDataset } from './split-dataset.ts';
export { type TimeseriesDatasetOptions, timeseriesDatasetFromArray } from './timeseries-dataset.ts';
