import { JsonPlace } from '../json-place.ts';
import { table } from '../table.ts';
import { isPlainObject } from '../tree.ts';
import type { Config } from './serialize.ts';

const whole = 'check that the file is whole; what Keras and Hornbeam save has this form';
// Each model nested in a model adds four levels: nobody nests them this deep.
const deepest = 500;

/**
 * Refuses a config that does not have the form of Keras's, before anything is created from it: checks the kinds of the
 * structural entries (class, name, layers, calls, shapes) and reports their place in the config. Each class checks its
 * own options itself. A raw config, not yet upgraded to Keras 3's form, has fewer rules.
 * @throws HornbeamError that names the place: `config.layers[3].inbound_nodes`.
 */
export function checkConfig(config: unknown, who: string, { isRaw = false } = {}): void {
  const root = new JsonPlace(who, config);
  if (!isDescription(config))
    root.refuse(
      'describes no model: expected an object with "class_name" and "config"',
      'pass what model.toJson() gave, here or in Keras',
    );
  checkTree(root, isRaw);
}

/** The same for a config that describes any object; whatever is not of that form is left to the caller. */
export function checkDescribed(config: unknown, who: string): void {
  if (isDescription(config)) checkTree(new JsonPlace(who, config), true);
}

function checkTree(root: JsonPlace, isRaw: boolean): void {
  // Depth is checked first, because the checks themselves are recursive.
  walk(root, (place, depth) => {
    if (depth > deepest) place.refuse(`values are nested more than ${deepest} deep`, 'do not trust this file');
  });
  walk(root, (place) => {
    if (isDescription(place.value)) checkDescription(place, isRaw);
  });
}

/** Refuses the compile settings of an `.h5` file if they do not have the expected form. */
export function checkTrainingConfig(config: unknown, who: string): asserts config is Config {
  const root = new JsonPlace(who, config);
  record(root);
  checkTree(root, true);
}

/** Visits every list and object, containers first. */
function walk(root: JsonPlace, visit: (place: JsonPlace, depth: number) => void): void {
  // An explicit stack rather than recursion: files may nest to any depth.
  const left: [place: JsonPlace, depth: number][] = [[root, 0]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [place, depth] = next;
    const { value } = place;
    if (!isPlainObject(value) && !Array.isArray(value)) continue;
    visit(place, depth);
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) left.push([place.list(whole).at(i), depth + 1]);
    else for (const key of Object.keys(value)) left.push([place.member(key), depth + 1]);
  }
}

const isDescription = (x: unknown): x is { class_name: unknown; config: unknown } =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && 'class_name' in x && 'config' in x;

/** Checks the entries that say which object to create, and those common to all objects of its kind. */
function checkDescription(place: JsonPlace, isRaw: boolean): void {
  const className = place.member('class_name').text(whole);
  for (const key of ['module', 'registered_name', 'name']) optional(place.member(key), text);
  const config = place.member('config');
  if (className === 'function') text(config);
  else if (isRaw && Array.isArray(config.value)) config.list(whole);
  else if (!isRaw || config.value !== undefined) record(config);
  optional(place.member('compile_config'), record);
  optional(place.member('build_config'), checkShapes);
  optional(place.member('inbound_nodes'), (nodes) => each(nodes, isRaw ? checkRawCall : checkCall));
  if (isPlainObject(config.value)) checkOptions(config, className, isRaw);
}

const marks: Readonly<Record<string, (config: JsonPlace) => void>> = table({
  __keras_tensor__: (config) => checkEnd(config.member('keras_history')),
  __tensor__: checkArray,
  __numpy__: checkArray,
});

/** Checks the options that objects of many classes have, and those of models. */
function checkOptions(config: JsonPlace, className: string, isRaw: boolean): void {
  if (Object.hasOwn(marks, className)) {
    if (!isRaw) marks[className](config);
    return;
  }
  optional(config.member('name'), text);
  optional(config.member('trainable'), truth);
  optional(config.member('dtype'), (dtype) => void (isDescription(dtype.value) || text(dtype)));
  for (const key of ['batch_shape', 'batch_input_shape', 'build_input_shape']) optional(config.member(key), checkShape);
  const isGraph =
    ['Functional', 'Model'].includes(className) && ('layers' in (config.value as object) || className === 'Functional');
  if (isGraph || className === 'Sequential')
    each(config.member('layers'), (layer) => checkMember(layer, isGraph && !isRaw));
  if (isGraph && !isRaw) for (const key of ['input_layers', 'output_layers']) checkEnds(config.member(key));
}

/** Numbers, or texts, in nested lists, and their type. */
function checkArray(config: JsonPlace): void {
  text(config.member('dtype'));
  const check = (at: JsonPlace): void => {
    if (Array.isArray(at.value)) each(at, check);
    else if (!['number', 'boolean', 'string'].includes(typeof at.value)) at.kind('a number', whole);
  };
  check(config.member('value'));
}

function checkMember(layer: JsonPlace, isCalled: boolean): void {
  if (!isDescription(layer.value)) layer.refuse('expected an object with "class_name" and "config"', whole);
  if (!isCalled) return;
  text(layer.member('name'));
  each(layer.member('inbound_nodes'), () => {});
}

/** One recorded call. */
function checkCall(call: JsonPlace): void {
  each(call.member('args'), () => {});
  optional(call.member('kwargs'), (keywords) => {
    record(keywords);
    if (isDescription(keywords.value))
      keywords.refuse('expected arguments by name, got the description of an object', whole);
  });
}

/** One recorded call in any form: old ones are lists of `[layer, call, output, kwargs]`, or one of these. */
function checkRawCall(call: JsonPlace): void {
  if (!Array.isArray(call.value)) record(call);
  else if (typeof call.value[0] !== 'string') each(call, checkReference);
  else checkReference(call);
}
function checkReference(entry: JsonPlace): void {
  const list = entry.list(whole);
  if (list.length < 3) entry.refuse(`expected a name and two numbers, got a list of ${list.length}`, whole);
  text(list.at(0));
  list.at(1).integer(whole);
  if (list.length > 3) optional(list.at(3), record);
}

/** [name of an operation, which of its calls, which of the outputs]. */
function checkEnd(place: JsonPlace): void {
  const list = place.list(whole);
  if (list.length !== 3) place.refuse(`expected a name and two numbers, got a list of ${list.length}`, whole);
  text(list.at(0));
  for (const i of [1, 2]) {
    const n = list.at(i).integer(whole);
    if (n < 0) list.at(i).refuse(`expected no negative number, got ${n}`, whole);
  }
}

/** The inputs or outputs of a model: one, or lists and objects of them. */
function checkEnds(place: JsonPlace): void {
  const { value } = place;
  const isOne = Array.isArray(value) && value.length === 3 && typeof value[0] === 'string';
  if (isOne) checkEnd(place);
  else if (Array.isArray(value)) each(place, checkEnds);
  else {
    record(place);
    for (const key of Object.keys(value as object)) checkEnds(place.member(key));
  }
}

function checkShape(place: JsonPlace): void {
  each(place, (side) => optional(side, size));
}

/** Shapes by name, or nests of them. */
function checkShapes(place: JsonPlace): void {
  record(place);
  const check = (at: JsonPlace): void => {
    if (Array.isArray(at.value)) each(at, check);
    else if (isPlainObject(at.value)) for (const key of Object.keys(at.value)) check(at.member(key));
    else optional(at, size);
  };
  for (const key of ['input_shape', 'shapes_dict']) {
    const shapes = place.member(key);
    if (typeof shapes.value === 'number') shapes.refuse(`expected a shape, got ${shapes.value}`, whole);
    check(shapes);
  }
}

// Configs made in code may contain tensors and other objects; these are left alone.
const optional = (place: JsonPlace, check: (place: JsonPlace) => unknown): void =>
  void (place.isPresent && check(place));
const text = (place: JsonPlace): string => place.text(whole);
function record(place: JsonPlace): void {
  if (!isPlainObject(place.value)) place.kind('an object', whole);
}
function truth(place: JsonPlace): void {
  if (typeof place.value !== 'boolean') place.kind('true or false', whole);
}
function size(place: JsonPlace): void {
  const n = place.integer(whole);
  if (n < 0) place.refuse(`expected a size, got ${n}`, whole);
}
function each(place: JsonPlace, check: (member: JsonPlace) => void): void {
  const list = place.list(whole);
  for (let i = 0; i < list.length; i++) check(list.at(i));
}
