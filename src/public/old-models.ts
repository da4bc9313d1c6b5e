/** What `modelFromJson` needs in pages for models of Keras 1 and 2, as a file beside the core. Files of such models load it themselves. */
import '../layers/from-files/index.ts';
import { provideUpgrade } from '../saving/legacy/at-once-in-pages.ts';
import { upgradeModel } from '../saving/legacy/upgrade.ts';

provideUpgrade(upgradeModel);
