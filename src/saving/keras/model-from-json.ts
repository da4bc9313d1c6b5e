import { exact } from '../../base/exact.ts';
import { optionsOf } from '../../base/options.ts';
import { checkConfig } from '../../base/registry/check-config.ts';
import { type Config, customObjectScope } from '../../base/registry/serialize.ts';
import { foreignTexts, refuseKinds } from '../foreign-text.ts';
import { upgradeAtOnce } from '../legacy/at-once.ts';
import { isOldVersion } from '../legacy/described.ts';
import { parsePythonJson } from '../python-json.ts';
import { type LoadModelOptions, loadModelOptions, modelFromConfig, type SavedModel } from './keras-file.ts';

/** Creates a model with fresh weights from the result of `toJson`. */
export const modelFromJson = exact('models.modelFromJson', 2, function modelFromJson<
  M = SavedModel,
>(text: string, options: LoadModelOptions = {}): M {
  optionsOf('modelFromJson', loadModelOptions, options);
  if (!/^\s*[{[]/.test(text) || text.includes('"modelTopology"'))
    refuseKinds('modelFromJson', 'text', foreignTexts, new Uint8Array(), text);
  const described = parsePythonJson(text, 'modelFromJson');
  checkConfig(described, 'modelFromJson', { isRaw: true });
  const { keras_version: version, ...config } = described as Config;
  // Keras 3 writes modules but no version; older versions do the opposite.
  const isOld = typeof version === 'string' ? isOldVersion(version) : !('module' in config);
  return customObjectScope(options.customObjects ?? {}, () =>
    modelFromConfig(upgradeAtOnce(config, { isOld }), options),
  ) as M;
});
