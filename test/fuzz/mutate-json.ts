import type { Choices } from './random.ts';

type Holder = Record<string, unknown>;
const names = ['__proto__', 'constructor', 'toString', 'length', 'name', 'config', 'class_name', 'x', ''];
const numbers = [0, -1, 1, 2, 3, 0.5, -0.5, 7, 100, 65536, 1e6, 1e9, 2 ** 31, 2 ** 53, 1e12, 1e300, -1e300];

/** Another value: of any kind, whatever stood there. */
function anything(random: Choices): unknown {
  const kind = random.below(9);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return random.of(numbers);
  if (kind === 3) return random.of([...names, 'relu', 'float32', 'mixed_float16', 'int64', 'Dense', 'same', 'Zeros']);
  if (kind === 4) return [];
  if (kind === 5) return {};
  if (kind === 6) return [random.of(numbers), null, random.of(numbers)];
  if (kind === 7) return { [random.of(names)]: random.of(numbers) };
  return { class_name: random.of(names), config: {} };
}

function holdersIn(value: unknown): Holder[] {
  const found: Holder[] = [];
  const left = [value];
  while (left.length > 0) {
    const x = left.pop();
    if (typeof x !== 'object' || x === null) continue;
    found.push(x as Holder);
    left.push(...Object.values(x));
  }
  return found.filter((x) => Object.keys(x).length > 0);
}

/** A copy with some values replaced, left out, exchanged, renamed, doubled or wrapped. */
export function mutateJson(random: Choices, value: unknown): unknown {
  const root = { value: structuredClone(value) };
  for (let n = 1 + random.below(3); n > 0; n--) {
    const holders = holdersIn(root);
    const holder = random.of(holders);
    const key = random.of(Object.keys(holder));
    const old = holder[key];
    const kind = random.below(9);
    const remove = (): void => {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    };
    if (kind < 4) holder[key] = typeof old === 'number' && random.chance(0.5) ? random.of(numbers) : anything(random);
    else if (kind === 4 && holder !== root) remove();
    else if (kind === 5) {
      const other = random.of(holders);
      holder[key] = structuredClone(other[random.of(Object.keys(other))]);
    } else if (kind === 6 && !Array.isArray(holder) && holder !== root) {
      remove();
      Object.defineProperty(holder, random.of(names), {
        value: old,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else if (kind === 7 && Array.isArray(holder)) holder.push(structuredClone(old));
    else holder[key] = random.chance(0.5) ? [old] : { config: old };
  }
  return root.value;
}

/** Text of JSON, sometimes with damage that no value has. */
export function mutateText(random: Choices, value: unknown): string {
  const text = JSON.stringify(mutateJson(random, value));
  if (random.chance(0.85)) return text;
  const at = random.below(text.length);
  return (
    text.slice(0, at) +
    random.of(['', 'NaN', 'Infinity', '"', '\\', ']', '}', '\0', ',,', '[['.repeat(600)]) +
    text.slice(at + random.below(4))
  );
}
