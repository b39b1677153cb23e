# Classification of signals in Lightning 2, from arrays x [N, 1, 64] and y [N]. Not run here.
# Written after Lightning-AI/pytorch-lightning,
# examples/pytorch/basics/backbone_image_classifier.py.
import lightning as L
import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset, random_split

class Classifier(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(1, 32, 7, padding=3), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(32, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(),
            nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(32, 2))

    def training_step(self, batch, index):
        return cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        scores = self.net(batch[0])
        self.log("val_loss", cross_entropy(scores, batch[1]), prog_bar=True)
        self.log("val_accuracy", (scores.argmax(1) == batch[1]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=0.003)

waves = np.load("waves.npz")
x, y = torch.tensor(waves["x"]).float(), torch.tensor(waves["y"]).long()
train, test = random_split(TensorDataset(x, y), [0.8, 0.2], torch.Generator().manual_seed(1))
train, test = DataLoader(train, 32, shuffle=True), DataLoader(test, 32)
trainer = L.Trainer(max_epochs=10)
trainer.fit(Classifier(), train, test)
trainer.validate(dataloaders=test)
trainer.save_checkpoint("waves.ckpt")
model = Classifier.load_from_checkpoint("waves.ckpt").eval()
with torch.no_grad():
    print(model.net(x[:1].to(model.device)).softmax(1))
