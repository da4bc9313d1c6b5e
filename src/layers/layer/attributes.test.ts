import { expect, test } from 'vitest';
import { Variable } from '../../tensor/index.ts';
import { Dense, Layer } from '../index.ts';
import { eachAttribute } from './attributes.ts';

const attributesOf = (layer: Layer<any, any, any>): Record<string, unknown> => {
  const found: Record<string, unknown> = {};
  eachAttribute(layer, (value, name) => {
    found[name] = value;
  });
  return found;
};

test('options are attributes without standing on each layer', () => {
  class Mine extends Dense {}
  for (const layer of [new Dense({ units: 3 }), new Mine({ units: 3 }), new Dense({ units: 3 })]) {
    expect(Object.keys(layer)).not.toContain('units');
    expect([layer.units, attributesOf(layer)['units']]).toEqual([3, 3]);
  }
  expect(() => Object.assign(new Dense({ units: 3 }), { units: 4 })).toThrow(TypeError);
});

test('what a class has under the name of an option stays', () => {
  class Field extends Dense {
    override readonly units = 5;
  }
  class Getter extends Dense {
    override get units() {
      return 6;
    }
  }
  expect(attributesOf(new Field({ units: 3 }))).toMatchObject({ units: 5 });
  const layer = new Getter({ units: 3 });
  expect(layer.units).toBe(6);
  expect(attributesOf(layer)).not.toHaveProperty('units');
});

test('variables in attributes are found at any time', () => {
  class Own extends Layer {
    override call(x: any) {
      return x;
    }
  }
  const layer = new Own();
  const v = new Variable(1);
  expect(layer.weights).toHaveLength(0);
  Object.assign(layer, { late: { list: [v] } });
  expect(layer.weights[0]).toBe(v);
});
