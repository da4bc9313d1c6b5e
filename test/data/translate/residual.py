"""A small residual network on random images."""
import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers, ops

NUM_CLASSES = 10
image_shape = (16, 16, 3)

keras.utils.set_random_seed(42)


def residual_block(x, filters, kernel_size=3):
    """Two convolutions with a way around them."""
    y = layers.Conv2D(filters, kernel_size, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, kernel_size, padding="same")(y)
    # The sum goes through an activation.
    return layers.Activation("relu")(layers.add([x, y]))


inputs = keras.Input(shape=image_shape, name="image")
x = layers.Rescaling(1.0 / 255)(inputs)
x = layers.Conv2D(8, 3, activation="relu", padding="same", kernel_regularizer=keras.regularizers.L2(1e-4))(x)
for _ in range(2):
    x = residual_block(x, 8)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(NUM_CLASSES, activation="softmax")(x)
model = keras.Model(inputs, outputs, name="small_resnet")
model.summary()

x_train = np.random.randint(0, 256, size=(64, 16, 16, 3)).astype("float32")
y_train = keras.utils.to_categorical(np.random.randint(0, NUM_CLASSES, size=(64,)), NUM_CLASSES)

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),  # the usual rate
    loss="categorical_crossentropy",
    metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=3, name="top_3")],
)
history = model.fit(
    x_train,
    y_train,
    batch_size=16,
    epochs=2,
    validation_split=0.25,
    callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)],
    verbose=0,
)
print("Last loss:", history.history["loss"][-1])
test_loss, test_accuracy, top_3 = model.evaluate(x_train, y_train, verbose=0)
if test_accuracy > 0.9:
    print(f"Learned by heart: {test_accuracy:.2f}")
else:
    print(f"Not yet: {test_accuracy:.2f}")
predictions = model.predict(x_train[:4], verbose=0)
print(ops.argmax(predictions, axis=-1))
