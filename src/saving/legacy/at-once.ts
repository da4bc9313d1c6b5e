/** Upgrades configs, and knows the layers that only occur in files, without loading another file. */
import '../../layers/from-files/index.ts';

export { upgradeModel as upgradeAtOnce } from './upgrade.ts';
