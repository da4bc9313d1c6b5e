import { exact } from '../base/exact.ts';
import { part } from '../base/part.ts';

type Drawing = typeof import('./drawing.ts');

/** A function that loads the drawing code, then calls its namesake there. */
const drawn = <N extends keyof Drawing>(who: string, name: N): Drawing[N] => {
  const draw = async (...args: unknown[]): Promise<unknown> => {
    const drawing = await part(name, () => import('./drawing.ts'));
    return (drawing[name] as (...args: unknown[]) => unknown)(...args);
  };
  const most = /^plot(?!Activ|Filter|Grad)/.test(name) ? 2 : 3;
  return exact<any>(`${who}.${name}`, most, draw) as Drawing[N];
};

/**
 * Draws a model's layers and their connections, and returns the picture's bytes.
 * @see https://keras.io/api/utils/model_plotting_utils/#plotmodel-function
 * @example await keras.utils.plotModel(model, { toFile: 'model.png', showShapes: true })
 */
export const plotModel = /* @__PURE__ */ drawn('utils', 'plotModel');
/** Draws a grid of images, with their classes below if given; returns the picture's bytes. */
export const plotImageGallery = /* @__PURE__ */ drawn('visualization', 'plotImageGallery');
/**
 * Draws a grid of images with true and predicted boxes; returns the picture's bytes. Labels of true boxes are below
 * them, those of predictions above, with the confidence.
 * @example await keras.visualization.plotBoundingBoxGallery(images, { boundingBoxFormat: 'xyxy', yTrue, yPred, toFile: 'boxes.png' })
 */
export const plotBoundingBoxGallery = /* @__PURE__ */ drawn('visualization', 'plotBoundingBoxGallery');
/**
 * Draws the precision-recall curve of every class; returns the picture's bytes.
 * @example await keras.visualization.plotPrecisionRecall(metric.results(), { toFile: 'precision-recall.png' })
 */
export const plotPrecisionRecall = /* @__PURE__ */ drawn('visualization', 'plotPrecisionRecall');
/**
 * Draws losses and metrics over epochs, one panel each, validation beside training. Takes the result of `fit`, or
 * several runs by name.
 * @example await keras.visualization.plotHistory({ adam: first, sgd: second }, { logScale: ['loss'], toFile: 'history.png' })
 */
export const plotHistory = /* @__PURE__ */ drawn('visualization', 'plotHistory');
/**
 * Draws a confusion matrix, with a row per true class and a column per predicted class. Takes counts `[classes,
 * classes]`, or labels and predictions.
 * @example
 * const yPred = await model.predict(xTest);
 * await keras.visualization.plotConfusionMatrix({ yTrue: yTest, yPred }, { classNames: ['cat', 'dog'], toFile: 'confusion.png' });
 */
export const plotConfusionMatrix = /* @__PURE__ */ drawn('visualization', 'plotConfusionMatrix');
/**
 * Draws a line chart with axes and a legend: values by name, or lines with positions, dates, styles and the range of a
 * forecast.
 * @example
 * await keras.visualization.plotLines(
 *   [{ y: [3, 4, 6, 5], name: 'measured' }, { y: [4, 5], x: [3, 4], name: 'foretold', style: 'dashed' }],
 *   { yLabel: 'Temperature in °C', toFile: 'weather.png' },
 * );
 */
export const plotLines = /* @__PURE__ */ drawn('visualization', 'plotLines');
/**
 * Draws boxes and labels onto images: `[n, height, width, 3]`, uint8 (channels first if the images' are).
 * @see https://keras.io/api/utils/
 */
export const drawBoundingBoxes = /* @__PURE__ */ drawn('visualization', 'drawBoundingBoxes');
/**
 * Paints the pixels of objects in the colours of their classes: `[n, height, width, 3]`, uint8. Masks hold the class of
 * each pixel, `[n, height, width]` or `[n, height, width, 1]`; class 0 is the background, which stays unchanged.
 * @example
 * const seen = await keras.visualization.drawSegmentationMasks(images, ops.argmax(model.predict(images), { axis: -1 }));
 */
export const drawSegmentationMasks = /* @__PURE__ */ drawn('visualization', 'drawSegmentationMasks');
/**
 * Draws one row per image: the image, with its true masks, and with predicted ones; returns the picture's bytes.
 * @example await keras.visualization.plotSegmentationMaskGallery(images, { yTrue, yPred, toFile: 'masks.png' })
 */
export const plotSegmentationMaskGallery = /* @__PURE__ */ drawn('visualization', 'plotSegmentationMaskGallery');
/**
 * Draws heat maps of where a classifier sees the class over the images (`gradCam`); returns the picture's bytes.
 * @example await keras.visualization.plotGradCam(model, photographs, { labelMap: ['cat', 'dog'], toFile: 'heat.png' })
 */
export const plotGradCam = /* @__PURE__ */ drawn('visualization', 'plotGradCam');
/**
 * Draws the outputs of layers for an image, one layer per row and one channel per column (`activationMaps`); returns
 * the picture's bytes.
 */
export const plotActivationMaps = /* @__PURE__ */ drawn('visualization', 'plotActivationMaps');
/** Draws the patterns that activate the filters of a layer most (`filterPatterns`); returns the picture's bytes. */
export const plotFilterPatterns = /* @__PURE__ */ drawn('visualization', 'plotFilterPatterns');
