import { digitsApart, inWords, snakeCase, toSnakeCase } from '../../base/case.ts';
import { sourceNameOf } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { eachAttribute } from '../../layers/layer/attributes.ts';
import { inner } from '../../layers/layer/inner.ts';
import { type AnyLayer, isLayer, type Layer } from '../../layers/layer/layer.ts';
import { savedVariablesOf } from '../../layers/layer/lora.ts';
import { isTypedArray, Tensor, Variable } from '../../tensor/index.ts';
import { forward } from '../../training/trainable.ts';

/** An object whose variables are stored in files: a layer, a model, an optimizer. */
export interface Saveable {
  readonly name: string;
  readonly variables: readonly Variable[];
}
/** A saveable and the path of its variables in the file. */
export interface Placed {
  readonly path: string;
  /** Other paths used by files from other writers. */
  readonly alternatives: readonly string[];
  readonly object: AnyLayer | Saveable;
  /** Its own variables, without those of its children. */
  readonly variables: readonly Variable[];
}

interface Modelish {
  readonly layers: readonly AnyLayer[];
  readonly optimizer?: Saveable | undefined;
}
const isModel = (x: AnyLayer): x is AnyLayer & Modelish => forward in x;

const alternativesOf = (key: string): string[] => [
  key,
  digitsApart(key),
  snakeCase(key),
  digitsApart(snakeCase(key)),
  digitsApart(inWords(key)),
  // In Keras 2, attributes that are public today were private: `_query_dense`.
  `_${snakeCase(key)}`,
];

/** Children of an object in Keras's order: `layers` first where the model is a graph, then attributes by name, `_` last. */
function children(owner: AnyLayer): { key: string; alternatives: string[]; value: unknown }[] {
  const values = new Map<string, unknown>();
  eachAttribute(owner, (value, name) => values.set(name, value));
  const { attributesInKeras: inKeras } = owner.constructor as typeof Layer;
  const keys = [...values.keys()].map((name) => (Object.hasOwn(inKeras, name) && inKeras[name]) || inWords(name));
  const attributes = [...values].map(([name, value], k) => {
    const key = keys[k];
    // `myLayer` keeps its own spelling if `my_layer` or `myLAYER` exists too.
    const isTaken = (key !== name && values.has(key)) || keys.indexOf(key) < k;
    return { key: isTaken ? name : key, alternatives: alternativesOf(name), value };
  });
  if (!isModel(owner)) return attributes.sort(byName);
  const { held } = owner[inner];
  const layers = { key: 'layers', alternatives: [], value: owner.layers };
  const optimizer = owner.optimizer ? [{ key: 'optimizer', alternatives: [], value: owner.optimizer }] : [];
  if (held) return [layers, ...[...attributes, ...optimizer].sort(byName)];
  return [...attributes, layers, ...optimizer].sort(byName);
}
const byName = (a: { key: string }, b: { key: string }): number => {
  const [p, q] = [a.key.startsWith('_') ? 1 : 0, b.key.startsWith('_') ? 1 : 0];
  return p - q || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
};

const isSaveable = (x: object): x is Saveable =>
  Array.isArray((x as Partial<Saveable>).variables) &&
  typeof (x as Partial<Saveable>).name === 'string' &&
  'learningRate' in x;

/** Everything with variables reachable from a model (or layer), with its path in `model.weights.h5`. */
export function placeSaveables(root: AnyLayer): Placed[] {
  const placed: Placed[] = [];
  const visited = new Set<object>();
  const within = new Set<object>();
  const join = (a: string, b: string): string => (a === '' ? b : `${a}/${b}`);

  const visit = (object: unknown, path: string, alternatives: readonly string[]): void => {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || visited.has(object)) return;
    if (typeof object === 'function' && isLayer(object)) {
      visited.add(object);
      placed.push({ path, alternatives, object, variables: savedVariablesOf(object) });
      for (const child of children(object)) {
        const under = [path, ...alternatives].flatMap((p) => [child.key, ...child.alternatives].map((k) => join(p, k)));
        enter(child.value, under[0], [...new Set(under.slice(1))]);
      }
    } else if (isSaveable(object)) {
      visited.add(object);
      placed.push({ path, alternatives, object, variables: object.variables });
    }
  };
  const enter = (value: unknown, path: string, alternatives: readonly string[]): void => {
    if (
      typeof value === 'object' &&
      value !== null &&
      !(value instanceof Tensor) &&
      !(value instanceof Variable) &&
      !isTypedArray(value)
    ) {
      const members = Array.isArray(value)
        ? value
        : value instanceof Map || value instanceof Set
          ? [...value.values()]
          : isPlainObject(value)
            ? Object.values(value)
            : undefined;
      if (members) {
        // A container may hold itself; one that stands in two places is entered in both, as in Keras.
        if (within.has(value)) return;
        within.add(value);
        enterContainer(members, path, alternatives);
        within.delete(value);
        return;
      }
    }
    visit(value, path, alternatives);
  };
  const enterContainer = (members: readonly unknown[], path: string, alternatives: readonly string[]): void => {
    const counts = new Map<string, number>();
    for (const member of members) {
      if (member === null || (typeof member !== 'object' && typeof member !== 'function')) continue;
      const isContainer =
        Array.isArray(member) || member instanceof Map || member instanceof Set || isPlainObject(member);
      if (!isContainer && !(typeof member === 'function' && isLayer(member)) && !isSaveable(member)) continue;
      const name = isContainer
        ? 'container'
        : toSnakeCase('className' in member ? sourceNameOf(member as AnyLayer) : member.constructor.name);
      const n = counts.get(name) ?? 0;
      counts.set(name, n + 1);
      const numbered = n === 0 ? name : `${name}_${n}`;
      enter(
        member,
        join(path, numbered),
        alternatives.map((a) => join(a, numbered)),
      );
    }
  };
  visit(root, '', []);
  return placed;
}
