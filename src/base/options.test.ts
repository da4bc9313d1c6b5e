import { expect, test } from 'vitest';
import { type OptionNames, optionsOf, refuseSurplus } from './options.ts';

interface SumOptions {
  readonly axis?: number;
  readonly keepDims?: boolean;
}
const names: OptionNames<SumOptions> = { axis: true, keepDims: true };
const check = (given: unknown) => optionsOf('sum', names, given as SumOptions);

test('known options pass, none are none', () => {
  expect(check({ axis: 1 })).toEqual({ axis: 1 });
  expect(check(undefined)).toEqual({});
  expect(check(Object.assign(Object.create(null), { axis: 1 }))).toEqual({ axis: 1 });
});
test('an unknown option is refused, and the closest one named', () => {
  expect(() => check({ axes: 1 })).toThrow(
    'sum: unknown option "axes"\n  Fix: did you mean "axis"? Options: axis, keepDims',
  );
  expect(() => check({ keep_dims: true })).toThrow('did you mean "keepDims"?');
  expect(() => check({ constructor: 1 })).toThrow('unknown option "constructor"');
});
test('anything but an object of options is refused', () => {
  for (const given of [1, null, [1], 'x', true, new Date(0)])
    expect(() => check(given)).toThrow('sum: expects an object of options, but was given');
});
test('arguments too many are refused, but for those that say nothing', () => {
  expect(() => refuseSurplus('abs', [-1, 1], 1)).toThrow('abs: expects 1 argument, but was given 1 by position');
  expect(() => refuseSurplus('abs', [-1, { axis: 1 }], 1)).toThrow('abs takes no options');
  refuseSurplus('abs', [-1, undefined], 1);
  refuseSurplus('abs', [-1, {}], 1);
  [3, 4].map((...given) => refuseSurplus('abs', given, 1));
  [3, 4].reduce((...given) => {
    refuseSurplus('add', given, 2);
    return 0;
  });
});
