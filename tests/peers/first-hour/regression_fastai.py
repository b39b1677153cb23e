# Regression from images in fastai 2. Not run here. Written after fastai/fastai, from_csv of
# ImageDataLoaders in nbs/08_vision.data.ipynb, and RegressionSetup of fastai/data/transforms.py.
from fastai.vision.all import *

dls = ImageDataLoaders.from_csv(
    "spots", "labels.csv", y_block=RegressionBlock, valid_pct=0.2, seed=1, item_tfms=Resize(64))
learn = vision_learner(dls, resnet18, pretrained=False, metrics=mae)
learn.fit_one_cycle(10)
print(learn.validate())
learn.export("spots.pkl")
learn = load_learner("spots/spots.pkl")
print(learn.predict("spots/0.png"))
