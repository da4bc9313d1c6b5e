import { fail } from '../../base/errors.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { upgradeModel } from './upgrade.ts';

let upgrade: typeof upgradeModel | undefined;
/** Registers the upgrade of old configs, for pages that load it in advance. */
export const provideUpgrade = (given: typeof upgradeModel): void => {
  upgrade = given;
};

/** Replaces `at-once.ts` in the core for pages: the code for old configs is in a file beside the core. */
export const upgradeAtOnce: typeof upgradeModel = (config, era) =>
  upgrade
    ? upgrade(config, era)
    : era.isOld
      ? fail(
          'modelFromJson',
          'the text is of Keras 1 or 2, and what reads such models is not in the core of pages',
          "import 'hornbeam/browser/old-models' (old-models.js beside the core) before",
        )
      : (config as Config);
