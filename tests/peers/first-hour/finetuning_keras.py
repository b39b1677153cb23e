# Fine-tuning of a pretrained network in Keras 3 with KerasHub. Not run here. Written after
# keras-team/keras-io, guides/keras_hub/classification_with_keras_hub.py.
import keras
import keras_hub

train, test = keras.utils.image_dataset_from_directory(
    "photos", validation_split=0.2, subset="both", seed=1, image_size=(224, 224))
classes = train.class_names
model = keras_hub.models.ImageClassifier.from_preset("resnet_v2_50_imagenet", num_classes=2)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=10)
print(model.evaluate(test))
model.save("tuned.keras")
model = keras.models.load_model("tuned.keras")
image = keras.utils.load_img("photos/circle/0.png", target_size=(224, 224))
scores = model.predict(keras.utils.img_to_array(image)[None])[0]
print(classes[scores.argmax()], scores.max())
