from tensorflow import keras
from tensorflow.keras.layers import Dense, Dropout, Input, LSTM, Embedding, Bidirectional
from tensorflow.keras.models import Sequential
import numpy as np

max_features, maxlen = 200, 12
x_train = np.random.randint(1, max_features, size=(40, maxlen))
y_train = np.random.randint(0, 2, size=(40, 1))
x_val, y_val = x_train[30:], y_train[30:]

model = Sequential([
    Input(shape=(maxlen,), dtype="int32"),
    Embedding(max_features, 8),
    Bidirectional(LSTM(8, return_sequences=True)),
    Bidirectional(LSTM(8)),
    Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=8, epochs=2, validation_data=(x_val, y_val), verbose=0)
score = model.evaluate(x_val, y_val, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])

# Built up step by step.
small = Sequential(name="small")
small.add(Input(shape=(4,)))
for units in [8, 4]:
    small.add(Dense(units, activation="relu"))
    small.add(Dropout(0.2))
small.add(Dense(1))
small.compile(loss=keras.losses.Huber(delta=0.5), optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9))
small.fit(np.random.rand(16, 4), np.zeros((16, 1)), epochs=1, verbose=0)
print(small.count_params(), len(small.layers))
