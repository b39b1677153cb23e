# Regression from images in Keras 3. Not run here. Written after keras-team/keras-io,
# examples/vision/keypoint_detection.py (numbers from images, loss mse).
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

def read(name):
    return keras.utils.img_to_array(keras.utils.load_img(f"spots/{name}", target_size=(64, 64)))

table = pd.read_csv("spots/labels.csv")
x = np.stack([read(name) for name in table["file"]])
x_train, x_test, y_train, y_test = train_test_split(x, table["label"].values, test_size=0.2)
model = keras.applications.EfficientNetB0(
    weights=None, input_shape=(64, 64, 3), classes=1, classifier_activation=None)
model.compile(loss="mse", metrics=["mae"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=10)
print(model.evaluate(x_test, y_test))
model.save("spots.keras")
model = keras.models.load_model("spots.keras")
print(model.predict(read("0.png")[None]))
