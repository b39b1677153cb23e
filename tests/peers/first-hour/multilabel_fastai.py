# Multi-label classification of images in fastai 2. Not run here. Written after fastai/fastai,
# from_csv of ImageDataLoaders in nbs/08_vision.data.ipynb, and fastai/fastbook, 06_multicat.ipynb.
from fastai.vision.all import *

dls = ImageDataLoaders.from_csv(
    "marks", "labels.csv", label_delim=";", valid_pct=0.2, seed=1, item_tfms=Resize(64))
learn = vision_learner(dls, resnet18, pretrained=False, metrics=accuracy_multi)
learn.fit_one_cycle(10)
print(learn.validate())
learn.export("marks.pkl")
learn = load_learner("marks/marks.pkl")
print(learn.predict("marks/0.png"))
