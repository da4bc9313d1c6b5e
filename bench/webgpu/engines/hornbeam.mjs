import { keras } from '../../build/hornbeam.js';

await keras.config.setDevice('webgpu');

export const engine = { keras };
