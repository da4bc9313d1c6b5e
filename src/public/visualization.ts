export { studio } from '../studio/mount.ts';
export * from './page-visualization.ts';
export {
  type ActivationMapsOptions,
  activationMaps,
  type FilterPatternsOptions,
  filterPatterns,
  type GradCamOptions,
  gradCam,
  type ModelEdge,
  type ModelGraph,
  type ModelGraphOptions,
  type ModelNode,
  modelGraph,
  type PrecisionRecallPlotOptions,
  precisionRecallPlot,
} from './tools.ts';
