# Segmentation in fastai 2. Not run here. Written after fastai/fastai,
# nbs/examples/app_examples.ipynb (segmentation). The label function has a name: export pickles it.
from fastai.vision.all import *

def mask_of(file):
    return Path("scenes/masks")/file.name

dls = SegmentationDataLoaders.from_label_func(
    "scenes", get_image_files("scenes/images"), mask_of, codes=["ground", "square"],
    valid_pct=0.2, seed=1, item_tfms=Resize(64), bs=8)
learn = unet_learner(dls, resnet18, metrics=DiceMulti())
learn.fine_tune(10)
print(learn.validate())
learn.export("scenes.pkl")
learn = load_learner("scenes/scenes.pkl")
print(learn.predict("scenes/images/0.png"))
