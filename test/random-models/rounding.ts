import type { Device } from '../../src/devices/device.ts';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { evenNumbers } from './data.ts';

/** Primitives that round. Others move numbers, pick or compare them, so that what is equal has to stay equal. */
const rounds =
  /^(add|sub|mul|div|pow|exp|log|logistic|sqrt|rsqrt|sin|cos|tan|a?(sin|cos|tan)h?|erf|erfinv|lgamma|digamma|reduceSum|reduceProd|dot|conv|fft|cumulative)$/;

/** The reference, with every number that is computed moved by one rounding at this precision, and otherwise each time it runs. */
export function roundingDevice(precision: number, seed: number): Device {
  const next = evenNumbers(seed);
  return referenceDevice(({ rule }, results) => {
    if (!rounds.test(rule.name)) return;
    for (const data of results)
      if (data instanceof Float32Array)
        for (let i = 0; i < data.length; i++) data[i] *= 1 + (next() < 0.5 ? -precision : precision);
  });
}
