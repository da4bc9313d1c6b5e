import keras
import matplotlib.pyplot as plt
from keras import layers


class Double(layers.Layer):
    def call(self, x):
        return x * 2


inputs = keras.Input(shape=(4,))
x = Double()(inputs)
outputs = layers.Dense(1, wrong=3)(inputs)
units = [2 * n for n in range(3)]
hidden = layers.Dense(2, activation="relu")(inputs)
model = keras.Model(inputs, hidden)
model.summary()
plt.plot([1, 2])
with open("a.txt") as file:
    print(file.read())
print(outputs)
