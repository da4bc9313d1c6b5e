/** What goes into the Python program. */
export interface ScriptFacts {
  /** The settings at its beginning, by their names in the program: in JSON that is also Python, except for true and null. */
  readonly settings: Readonly<Record<string, string | number | boolean | readonly unknown[] | null>>;
  /** How the model is compiled, one line per option. */
  readonly compiled: readonly string[];
  /** Whether classes of the user's own are in custom_objects.py. */
  readonly hasOwnClasses: boolean;
}

const python = (value: unknown): string =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value);

/** The program with which Keras on JAX continues the training. */
export const scriptFor = ({ settings, compiled, hasOwnClasses }: ScriptFacts): string => `\
"""Trains model.keras on with Keras on JAX; written by "hornbeam handoff".

    python train.py            trains, and writes checkpoint.keras after each epoch
    python train.py --check    the first steps only, beside the losses in expected.json
    python train.py --model checkpoint.keras --initial-epoch 3 --epochs 10    goes on after three epochs

It needs: pip install keras jax (jax[cuda12] for GPUs). All GPUs or TPUs of a machine share each batch. On several machines
the same command runs on each, with KERAS_DISTRIBUTION_JOB_ADDRESSES=first-host:1234 KERAS_DISTRIBUTION_NUM_PROCESSES=2
and KERAS_DISTRIBUTION_PROCESS_ID=0, 1 and so on.

model.keras is compiled with, and brings the state of the optimizer:
${compiled.map((line) => `    ${line}`).join('\n')}
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
here = Path(__file__).resolve().parent

import jax
import keras
import numpy as np

${Object.entries(settings)
  .map(([name, value]) => `${name} = ${python(value)}`)
  .join('\n')}

parser = argparse.ArgumentParser()
parser.add_argument("--check", action="store_true", help="the first steps, beside the losses in expected.json")
parser.add_argument("--model", default=str(here / "model.keras"), help="the model to begin with")
parser.add_argument("--initial-epoch", type=int, default=0, help="epochs that it has behind it")
parser.add_argument("--epochs", type=int, default=EPOCHS, help="the epoch up to which it is trained")
parser.add_argument("--out", default=str(here), help="where checkpoint.keras and history.csv are written")
args = parser.parse_args()

if args.check:
    # GPUs and TPUs otherwise multiply with fewer digits.
    jax.config.update("jax_default_matmul_precision", "float32")
if "KERAS_DISTRIBUTION_JOB_ADDRESSES" in os.environ:
    keras.distribution.initialize()
process, processes = jax.process_index(), jax.process_count()
# Saving takes part in what all processes do together: the others write to where nobody looks.
out = Path(args.out if process == 0 else tempfile.mkdtemp())
out.mkdir(parents=True, exist_ok=True)
devices = keras.distribution.list_devices()
if len(devices) > 1:
    if BATCH_SIZE % len(devices):
        raise SystemExit(f"A batch of {BATCH_SIZE} cannot be divided among {len(devices)} devices: set BATCH_SIZE in this file.")
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False))

keras.config.set_floatx(FLOATX)
keras.config.set_epsilon(EPSILON)
keras.config.set_image_data_format(IMAGE_DATA_FORMAT)
${hasOwnClasses ? '\nimport custom_objects  # registers the classes that this model has beside those of Keras\n' : ''}
load = lambda names: [np.load(here / "data" / f"{name}.npy", mmap_mode="r") for name in names]
inputs, labels, weights = load(INPUTS), load(LABELS), load(SAMPLE_WEIGHTS)
samples = len(inputs[0])
count = int(samples * (1 - VALIDATION_SPLIT))
# Devices take equal parts: what the last batch has beyond them is left out.
rest = count % BATCH_SIZE % len(devices)
if rest:
    print(f"{rest} of {count} samples are left out: {len(devices)} devices take equal parts of the last batch.")
    count -= rest
steps_per_epoch = -(-count // BATCH_SIZE)


def pick(rows):
    part = lambda arrays: arrays[0][rows] if len(arrays) == 1 else tuple(a[rows] for a in arrays)
    return (part(inputs), part(labels), part(weights)) if weights else (part(inputs), part(labels))


class Batches(keras.utils.PyDataset):
    """The batches of an epoch, in the order in which Hornbeam's first fit after setRandomSeed(seed) has them."""

    def __init__(self, seed, epochs_before=0):
        super().__init__()
        self.orders, self.order = np.random.RandomState(seed), np.arange(count)
        # As Keras's own fit, that one draws an order to look at the data before it begins.
        for _ in range(1 + epochs_before):
            self.next_order()

    def next_order(self, *_):
        if SHUFFLE:
            self.order = self.orders.permutation(count)

    def __len__(self):
        return steps_per_epoch

    def __getitem__(self, step):
        rows = self.order[step * BATCH_SIZE : (step + 1) * BATCH_SIZE]
        # Of several processes each gives its part.
        share = len(rows) // processes
        return pick(rows[process * share : (process + 1) * share] if processes > 1 else rows)

    def callback(self):
        return keras.callbacks.LambdaCallback(on_epoch_begin=self.next_order)


class Steps(keras.callbacks.Callback):
    """Notes the loss of each step, and ends training after a given number."""

    def __init__(self, steps):
        super().__init__()
        self.left, self.done, self.total, self.samples, self.losses = steps, 0, 0.0, 0, []

    def on_epoch_begin(self, epoch, logs=None):
        self.total, self.samples = 0.0, 0

    def on_train_batch_end(self, batch, logs=None):
        before = self.samples
        for _ in range(self.model.steps_per_execution):
            if self.samples < count:
                self.samples += min(BATCH_SIZE, count - self.samples)
        # Logs are means over the epoch so far.
        total = float(logs["loss"]) * self.samples
        self.losses.append((total - self.total) / (self.samples - before))
        self.total = total
        self.left -= 1
        if self.left == 0:
            self.model.stop_training = True


def set_seeds(model, steps_before=0):
    """Lets layers such as Dropout draw as in Hornbeam: files do not hold the states of their generators."""
    states = [v for v in model.variables if v.path.endswith("seed_generator_state")]
    if len(states) != len(SEEDS):
        print(f"The model has {len(states)} generators of seeds here and {len(SEEDS)} in Hornbeam: they draw differently.")
    for state, (seed, drawn) in zip(states, SEEDS):
        state.assign(np.array([seed, drawn + steps_before], "uint32"))


def first_losses(model, steps, seed):
    keras.utils.set_random_seed(seed)
    set_seeds(model)
    notes = Steps(steps)
    data = Batches(seed)
    epochs = 1 + 2 * (steps // steps_per_epoch)
    model.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[data.callback(), notes])
    return notes.losses


model = keras.saving.load_model(args.model)
if args.check:
    expected = json.loads((here / "expected.json").read_text())
    losses = first_losses(model, len(expected["losses"]), SEED)
    # Hornbeam goes on from here too.
    model.save(out / "checkpoint.keras")
    after = first_losses(model, expected["stepsAfter"], SEED + 1)
    differences = [abs(a - b) / max(abs(b), 1e-7) for a, b in zip(losses, expected["losses"])]
    found = {"losses": losses, "lossesAfter": after, "largest": max(differences), "devices": len(devices)}
    found |= {"keras": keras.__version__, "jax": jax.__version__}
    (out / "check.json").write_text(json.dumps(found))
    print(f"The losses of {len(losses)} steps differ by {max(differences):.1e} at most, relative; {TOLERANCE:.0e} is allowed.")
    raise SystemExit(0 if max(differences) <= TOLERANCE else 1)

keras.utils.set_random_seed(SEED)
set_seeds(model, args.initial_epoch * steps_per_epoch)
data = Batches(SEED, args.initial_epoch)
callbacks = [
    data.callback(),
    keras.callbacks.ModelCheckpoint(str(out / "checkpoint.keras")),
    keras.callbacks.CSVLogger(str(out / "history.csv"), append=args.initial_epoch > 0),
]
model.fit(
    data,
    shuffle=False,
    initial_epoch=args.initial_epoch,
    epochs=args.epochs,
    validation_data=pick(np.arange(int(samples * (1 - VALIDATION_SPLIT)), samples)) if VALIDATION_SPLIT else None,
    validation_batch_size=BATCH_SIZE,
    callbacks=callbacks,
    verbose=2 if process == 0 else 0,
)
`;
