# Serving in Keras 3: exported for TensorFlow Serving, then one command. Not run here. Written after
# the documentation of Model.export in keras-team/keras, keras/src/models/model.py, and TensorFlow
# Serving with Docker (tensorflow.org/tfx/serving/docker). The command:
#   docker run -p 8501:8501 -v "$PWD/served:/models/photos" -e MODEL_NAME=photos tensorflow/serving
# A request has the pixels of an image of the network's size as JSON, and gets numbers: the server
# decodes and resizes no image and knows no class names.
import keras

model = keras.models.load_model("photos.keras")
model.export("served/1")
