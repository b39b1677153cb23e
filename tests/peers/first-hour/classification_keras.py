# Image classification from a folder in Keras 3. Not run here. Written after keras-team/keras-io,
# examples/vision/image_classification_from_scratch.py, and the network without weights of
# examples/vision/image_classification_efficientnet_fine_tuning.py.
import keras

train, test = keras.utils.image_dataset_from_directory(
    "photos", validation_split=0.2, subset="both", seed=1, image_size=(64, 64))
classes = train.class_names
model = keras.applications.EfficientNetB0(weights=None, input_shape=(64, 64, 3), classes=2)
model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=10)
print(model.evaluate(test))
model.save("photos.keras")
model = keras.models.load_model("photos.keras")
image = keras.utils.load_img("photos/circle/0.png", target_size=(64, 64))
scores = model.predict(keras.utils.img_to_array(image)[None])[0]
print(classes[scores.argmax()], scores.max())
