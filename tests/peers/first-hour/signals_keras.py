# Classification of signals in Keras 3, from arrays x [N, 64, 1] and y [N]. Not run here. Written
# after keras-team/keras-io, examples/timeseries/timeseries_classification_from_scratch.py.
import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

waves = np.load("waves.npz")
x_train, x_test, y_train, y_test = train_test_split(waves["x"], waves["y"], test_size=0.2)
model = keras.Sequential([
    layers.Conv1D(32, 7, padding="same"), layers.BatchNormalization(), layers.ReLU(),
    layers.MaxPooling1D(), layers.Conv1D(32, 5, padding="same"), layers.BatchNormalization(),
    layers.ReLU(), layers.GlobalAveragePooling1D(), layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=10)
print(model.evaluate(x_test, y_test))
model.save("waves.keras")
model = keras.models.load_model("waves.keras")
print(model.predict(x_test[:1]))
