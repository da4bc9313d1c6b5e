"""The same by Keras on TensorFlow: python bench/images/tf_images.py FOLDER"""

import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402

augment = keras.Sequential([
    keras.layers.RandomFlip("horizontal", seed=1),
    keras.layers.RandomRotation(0.1, seed=2),
    keras.layers.RandomZoom(0.2, seed=3),
])  # fmt: skip


def timed(name, batches):
    count, start, work = 0, 0.0, 0.0
    for seen, (x, _) in enumerate(batches, 1):
        if seen > 3:
            count += x.shape[0]
        if seen == 3:
            start, work = time.perf_counter(), time.process_time()
    rate, cost = count / (time.perf_counter() - start), 1000 * (time.process_time() - work) / count
    print(f"{name}: {rate:.0f} images a second, {cost:.2f} ms of CPU each")


images = keras.utils.image_dataset_from_directory(sys.argv[1], image_size=(224, 224), batch_size=32, verbose=False)
timed("decoded and resized", images)
timed("and augmented", images.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=2))
