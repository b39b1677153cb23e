# Image classification from a folder in fastai 2. Not run here. Written after fastai/fastai,
# nbs/examples/app_examples.ipynb (image single classification), and ImageDataLoaders of
# nbs/08_vision.data.ipynb.
from fastai.vision.all import *

dls = ImageDataLoaders.from_folder("photos", valid_pct=0.2, seed=1, item_tfms=Resize(64))
learn = vision_learner(dls, resnet18, pretrained=False, metrics=accuracy)
learn.fit_one_cycle(10)
print(learn.validate())
learn.export("photos.pkl")
learn = load_learner("photos/photos.pkl")
print(learn.predict("photos/circle/0.png"))
