import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Config, SerializedObject } from '../../src/base/serialize.ts';
import '../../src/layers/index.ts';
import '../../src/models/index.ts';
import type { Model } from '../../src/models/index.ts';
import { modelFromConfig } from '../../src/saving/index.ts';

/** Cases about models that are described by their configs, with the models made again; cases of others are left out. */
export function rebuildable<C extends { readonly id: string; readonly model?: string }>(
  family: string,
): { cases: C[]; models: Map<string, Model>; compileConfigs: Map<string, Config> } {
  const file = readFileSync(new URL(`../data/${family}/cases.json.gz`, import.meta.url));
  const { models: configs, cases } = JSON.parse(gunzipSync(file).toString('utf8')) as {
    models: Record<string, SerializedObject>;
    cases: C[];
  };
  const models = new Map<string, Model>();
  const compileConfigs = new Map<string, Config>();
  for (const [name, config] of Object.entries(configs)) {
    try {
      models.set(name, modelFromConfig(config as unknown as Config, { compile: false }) as unknown as Model);
      if (config.compile_config) compileConfigs.set(name, config.compile_config as Config);
    } catch (error) {
      if (process.env['WHY']) console.log(name, (error as Error).message.split('\n')[0]);
    }
  }
  return { cases: cases.filter((c) => c.model !== undefined && models.has(c.model)), models, compileConfigs };
}
