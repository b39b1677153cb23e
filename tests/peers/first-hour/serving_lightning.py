# Serving in Lightning with LitServe. Not run here. Written after Lightning-AI/LitServe, README.md
# (setup, decode_request, predict, encode_response, LitServer). photos_network, which is not here,
# has the class, the transform and the class names of classification_lightning.py.
import io
import litserve
import torch
from PIL import Image
from fastapi import UploadFile
from photos_network import Classifier, classes, how

class PhotosAPI(litserve.LitAPI):
    def setup(self, device):
        self.model = Classifier.load_from_checkpoint("photos.ckpt").eval().to(device)

    def decode_request(self, image: UploadFile):
        image = Image.open(io.BytesIO(image.file.read())).convert("RGB")
        return how(image)[None].to(self.model.device)

    def predict(self, image):
        with torch.no_grad():
            return self.model.net(image).softmax(1)[0]

    def encode_response(self, scores):
        return dict(zip(classes, scores.tolist()))

litserve.LitServer(PhotosAPI()).run(port=8000)
