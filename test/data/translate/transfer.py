import keras
from keras import layers, ops

base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
base.trainable = False

inputs = keras.Input((32, 32, 3))
x = base(inputs, training=False)
x = layers.GlobalMaxPooling2D()(x)
scale = 0.5
x = x * scale + 1
outputs = {"class": layers.Dense(3, name="class")(x), "size": layers.Dense(1, name="size")(x)}
model = keras.Model(inputs=inputs, outputs=outputs)
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=100, decay_rate=0.9)
model.compile(
    optimizer=keras.optimizers.RMSprop(schedule),
    loss={"class": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"},
    loss_weights={"class": 1.0, "size": 0.2},
)
images = keras.random.uniform((6, 32, 32, 3), seed=1)
labels = {"class": ops.zeros((6,), dtype="int32"), "size": ops.ones((6, 1))}
model.fit(images, labels, epochs=1, verbose=0)
for layer in model.layers:
    print(layer.name)
copy = keras.models.clone_model(model)
features = keras.Model(model.inputs, model.get_layer("global_max_pooling2d").output)
print(features.predict(images, verbose=0).mean())
