import { exact } from '../../base/exact.ts';

/**
 * A Python program that writes the output of every layer of a Keras model for an input. Save it as `dump.py` and run
 * `python dump.py model.keras x.npy dump.npz`; `utils.compare(model, 'dump.npz')` takes that file, which includes the
 * input, as one side.
 * @example keras.utils.compareScript().split('\n')[0] // "# What every layer of a Keras model gives: python dump.py model.keras x.npy dump.npz"
 */
export const compareScript = exact('utils.compareScript', 0, (): string => script);

const script = `# What every layer of a Keras model gives: python dump.py model.keras x.npy dump.npz
import sys
import keras
import numpy as np

path, *inputs, out = sys.argv[1:]
model = keras.models.load_model(path)
xs = [np.load(x) for x in inputs]
found, names, calls = {f"input/{i}": x for i, x in enumerate(xs)}, [], {}
call = keras.Operation.__call__

def noted(self, *args, **kwargs):
    names.append(self.name)
    y = call(self, *args, **kwargs)
    key = "/".join(names[1:]) or "(output)"
    names.pop()
    calls[key] = calls.get(key, 0) + 1
    for i, t in enumerate(keras.tree.flatten(y)):
        try:
            found[key + (f"#{calls[key]}" if calls[key] > 1 else "") + (f":{i}" if i else "")] = np.asarray(keras.ops.convert_to_numpy(t))
        except Exception:
            pass  # recorded within a loop: it has no numbers
    return y

keras.Operation.__call__ = noted
model(xs if len(xs) > 1 else xs[0], training=False)
np.savez(out, **found)
`;
