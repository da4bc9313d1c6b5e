import { classNameOf } from '../base/registry/configured.ts';
import type { Model } from '../models/index.ts';

/** What a run is set to, as far as the model knows: its optimizer with a learning rate, its loss, its size. */
export function settingsOf(model: Model<any>): Record<string, string | number> {
  const { optimizer, loss } = model;
  const rate = optimizer?.getConfig()['learning_rate'];
  const name = typeof loss === 'string' ? loss : typeof loss === 'function' ? loss.name : undefined;
  return {
    ...(optimizer && { optimizer: classNameOf(optimizer) }),
    ...(typeof rate === 'number' && { learning_rate: rate }),
    ...(name && { loss: name }),
    ...(model.built && { parameters: model.countParams() }),
  };
}
