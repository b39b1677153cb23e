# Fine-tuning of a pretrained network in Lightning 2 with torchvision. Not run here. Written after
# Lightning-AI/pytorch-lightning, docs/source-pytorch/advanced/transfer_learning.rst and
# examples/pytorch/domain_templates/computer_vision_fine_tuning.py.
import lightning as L
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import ImageFolder
from torchvision.models import ResNet18_Weights, resnet18

class Classifier(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = resnet18(weights="DEFAULT")
        self.net.fc = nn.Linear(self.net.fc.in_features, 2)

    def training_step(self, batch, index):
        return cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        scores = self.net(batch[0])
        self.log("val_loss", cross_entropy(scores, batch[1]), prog_bar=True)
        self.log("val_accuracy", (scores.argmax(1) == batch[1]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-4)

how = ResNet18_Weights.DEFAULT.transforms()
photos = ImageFolder("photos", how)
train, test = random_split(photos, [0.8, 0.2], torch.Generator().manual_seed(1))
train, test = DataLoader(train, 32, shuffle=True), DataLoader(test, 32)
trainer = L.Trainer(max_epochs=10)
trainer.fit(Classifier(), train, test)
trainer.validate(dataloaders=test)
trainer.save_checkpoint("tuned.ckpt")
model = Classifier.load_from_checkpoint("tuned.ckpt").eval()
image = how(Image.open("photos/circle/0.png").convert("RGB"))
with torch.no_grad():
    scores = model.net(image[None].to(model.device)).softmax(1)[0]
print(photos.classes[scores.argmax()], scores.max())
