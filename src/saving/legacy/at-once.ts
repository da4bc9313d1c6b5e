/** Brings configs up to date, and knows the layers that only files hold, without waiting for a file. */
import '../../layers/from-files/index.ts';

export { upgradeModel as upgradeAtOnce } from './upgrade.ts';
