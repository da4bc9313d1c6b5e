import { expect, test } from 'vitest';
import { utils } from '../index.ts';

test('a config holds named values as attributes, until it is frozen', () => {
  const config = new utils.Config({ learningRate: 0.1 });
  config['seed'] = 3;
  config.update({ momentum: 0.9 });
  expect([config['seed'], config.get('momentum'), config.get('none'), config.get('none', 7)]).toEqual([
    3,
    0.9,
    null,
    7,
  ]);
  expect(config.asDict()).toEqual({ learningRate: 0.1, seed: 3, momentum: 0.9 });
  expect(config.toJson()).toBe('{"learningRate":0.1,"seed":3,"momentum":0.9}');
  expect(config.keys()).toEqual(Object.keys(config));
  expect(config.items()[1]).toEqual(['seed', 3]);
  expect(config.values()).toEqual([0.1, 3, 0.9]);
  expect(['seed' in config, 'none' in config]).toEqual([true, false]);
  expect([config.pop('seed'), config.pop('seed', 5)]).toEqual([3, 5]);
  expect(() => config.pop('seed')).toThrow(/no "seed"[\s\S]*learningRate, momentum/);
  config.freeze();
  expect(config.frozen).toBe(true);
  expect(() => {
    config['momentum'] = 0;
  }).toThrow(/frozen/);
  expect(() => config.pop('momentum')).toThrow(/frozen/);
  expect(() => {
    delete config['momentum'];
  }).toThrow(/frozen/);
  config.unfreeze();
  delete config['momentum'];
  expect(config.keys()).toEqual(['learningRate']);
  expect(() => {
    config['keys'] = 3 as never;
  }).toThrow(/member of every config/);
});
