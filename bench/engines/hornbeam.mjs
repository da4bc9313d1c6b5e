import { currentDevice, keras } from '../build/hornbeam.js';

/** Hornbeam, bundled from its sources as `npm run build` does; HORNBEAM_THREADS chooses the threads. */
export const engine = { keras, bytesInUse: () => currentDevice().bytesInUse };
