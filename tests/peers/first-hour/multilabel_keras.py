# Multi-label classification of images in Keras 3. Not run here. image_dataset_from_directory takes
# one label per image (keras-team/keras, keras/src/utils/image_dataset_utils.py), so the images are
# read into an array. Written after keras-team/keras-io,
# examples/vision/image_classification_efficientnet_fine_tuning.py.
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

def read(name):
    return keras.utils.img_to_array(keras.utils.load_img(f"marks/{name}", target_size=(64, 64)))

table = pd.read_csv("marks/labels.csv")
labels = table["label"].str.get_dummies(";")
x = np.stack([read(name) for name in table["file"]])
x_train, x_test, y_train, y_test = train_test_split(x, labels.values, test_size=0.2)
model = keras.applications.EfficientNetB0(
    weights=None, input_shape=(64, 64, 3), classes=2, classifier_activation="sigmoid")
model.compile(loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=10)
print(model.evaluate(x_test, y_test))
model.save("marks.keras")
model = keras.models.load_model("marks.keras")
print(list(labels.columns), model.predict(read("0.png")[None]))
