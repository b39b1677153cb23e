# Segmentation in Keras 3 with KerasHub. Not run here. Written after keras-team/keras-io,
# guides/keras_hub/semantic_segmentation_deeplab_v3.py (the network) and
# examples/vision/oxford_pets_image_segmentation.py (images and masks read with load_img).
import keras
import keras_hub
import numpy as np
import os
from sklearn.model_selection import train_test_split

def read(kind, name, **how):
    image = keras.utils.load_img(f"scenes/{kind}/{name}", target_size=(512, 512), **how)
    return keras.utils.img_to_array(image)

names = sorted(os.listdir("scenes/images"))
x = np.stack([read("images", n) for n in names])
y = np.stack([read("masks", n, color_mode="grayscale", interpolation="nearest") for n in names])
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
model = keras_hub.models.DeepLabV3ImageSegmenter.from_preset(
    "deeplab_v3_plus_resnet50_pascalvoc", num_classes=2)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=10, batch_size=4)
print(model.evaluate(x_test, y_test))
model.save("scenes.keras")
model = keras.models.load_model("scenes.keras")
print(model.predict(read("images", "0.png")[None]).argmax(-1))
