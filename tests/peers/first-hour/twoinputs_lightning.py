# Two inputs in Lightning 2: a photo [1, 16, 16] and two numbers. Not run here. Written after
# Lightning-AI/pytorch-lightning, examples/pytorch/basics/backbone_image_classifier.py.
import lightning as L
import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

class Pets(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(16 * 14 * 14 + 2, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, photo, facts):
        return self.head(torch.cat([self.conv(photo), facts], 1))

    def training_step(self, batch, index):
        return cross_entropy(self(batch[0], batch[1]), batch[2])

    def validation_step(self, batch, index):
        scores = self(batch[0], batch[1])
        self.log("val_loss", cross_entropy(scores, batch[2]), prog_bar=True)
        self.log("val_accuracy", (scores.argmax(1) == batch[2]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=0.003)

def read(name):
    pets = np.load(name)
    photo, facts = torch.tensor(pets["photo"]) / 255, torch.tensor(pets["facts"]).float()
    return TensorDataset(photo, facts, torch.tensor(pets["kind"]).long())

train, test = read("pets-train.npz"), read("pets-test.npz")
loaders = DataLoader(train, 32, shuffle=True), DataLoader(test, 32)
trainer = L.Trainer(max_epochs=20)
trainer.fit(Pets(), *loaders)
trainer.validate(dataloaders=loaders[1])
trainer.save_checkpoint("pets.ckpt")
model = Pets.load_from_checkpoint("pets.ckpt").eval()
with torch.no_grad():
    print(model(*(x[None].to(model.device) for x in test[0][:2])).softmax(1))
