# Segmentation in Lightning 2 with torchvision. Not run here. Written after
# Lightning-AI/pytorch-lightning, examples/pytorch/domain_templates/semantic_segmentation.py, with
# a network of torchvision in place of its U-Net of 60 lines.
import lightning as L
import os
import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision.io import ImageReadMode, read_image
from torchvision.models.segmentation import deeplabv3_resnet50
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import resize

class Scenes(Dataset):
    names = sorted(os.listdir("scenes/images"))

    def __len__(self):
        return len(self.names)

    def __getitem__(self, i):
        mask = read_image(f"scenes/masks/{self.names[i]}", ImageReadMode.GRAY)
        mask = resize(mask, [64, 64], InterpolationMode.NEAREST)
        return self.read(self.names[i]), mask[0].long()

    def read(self, name):
        image = read_image(f"scenes/images/{name}", ImageReadMode.RGB)
        return resize(image, [64, 64]).float() / 255

class Segmenter(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = deeplabv3_resnet50(num_classes=2)

    def training_step(self, batch, index):
        return cross_entropy(self.net(batch[0])["out"], batch[1])

    def validation_step(self, batch, index):
        scores = self.net(batch[0])["out"]
        self.log("val_loss", cross_entropy(scores, batch[1]), prog_bar=True)
        self.log("val_accuracy", (scores.argmax(1) == batch[1]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters())

scenes = Scenes()
train, test = random_split(scenes, [0.8, 0.2], torch.Generator().manual_seed(1))
train, test = DataLoader(train, 8, shuffle=True), DataLoader(test, 8)
trainer = L.Trainer(max_epochs=10)
trainer.fit(Segmenter(), train, test)
trainer.validate(dataloaders=test)
trainer.save_checkpoint("scenes.ckpt")
model = Segmenter.load_from_checkpoint("scenes.ckpt").eval()
with torch.no_grad():
    print(model.net(scenes.read("0.png")[None].to(model.device))["out"].argmax(1))
