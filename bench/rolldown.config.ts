import { defineConfig } from 'rolldown';
import { nodeBundle } from '../scripts/bundle.ts';

export default defineConfig(nodeBundle({ hornbeam: 'bench/engines/entry.ts' }, 'bench/build'));
