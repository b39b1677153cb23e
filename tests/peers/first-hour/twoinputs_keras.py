# Two inputs in Keras 3: a photo [16, 16, 1] and two numbers. Not run here. Written after
# keras-team/keras-io, guides/functional_api.py (models with multiple inputs and outputs).
import keras
import numpy as np
from keras import layers

train, test = np.load("pets-train.npz"), np.load("pets-test.npz")
photo, facts = keras.Input((16, 16, 1)), keras.Input((2,))
x = layers.Conv2D(16, 3, activation="relu")(layers.Rescaling(1 / 255)(photo))
x = layers.Concatenate()([layers.Flatten()(x), facts])
x = layers.Dense(32, activation="relu")(x)
model = keras.Model([photo, facts], layers.Dense(2, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
held_out = [test["photo"], test["facts"]], test["kind"]
model.fit([train["photo"], train["facts"]], train["kind"], validation_data=held_out, epochs=20)
print(model.evaluate(*held_out))
model.save("pets.keras")
model = keras.models.load_model("pets.keras")
print(model.predict([test["photo"][:1], test["facts"][:1]]))
