# Fine-tuning of a pretrained network in fastai 2. Not run here. Written after fastai/fastai,
# nbs/examples/app_examples.ipynb (image single classification).
from fastai.vision.all import *

dls = ImageDataLoaders.from_folder("photos", valid_pct=0.2, seed=1, item_tfms=Resize(224))
learn = vision_learner(dls, resnet18, metrics=accuracy)
learn.fine_tune(10)
print(learn.validate())
learn.export("tuned.pkl")
learn = load_learner("photos/tuned.pkl")
print(learn.predict("photos/circle/0.png"))
