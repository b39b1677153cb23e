# Multi-label classification of images in Lightning 2 with torchvision. Not run here. Written after
# Lightning-AI/pytorch-lightning, examples/pytorch/basics/backbone_image_classifier.py.
import lightning as L
import pandas as pd
import torch
from PIL import Image
from torch.nn.functional import binary_cross_entropy_with_logits as loss_of
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms
from torchvision.models import resnet18

class Marks(Dataset):
    how = transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()])

    def __init__(self):
        self.table = pd.read_csv("marks/labels.csv")
        self.labels = self.table["label"].str.get_dummies(";")

    def __len__(self):
        return len(self.table)

    def __getitem__(self, i):
        return self.read(self.table["file"][i]), torch.tensor(self.labels.values[i]).float()

    def read(self, name):
        return self.how(Image.open(f"marks/{name}").convert("RGB"))

class Classifier(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = resnet18(num_classes=2)

    def training_step(self, batch, index):
        return loss_of(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        scores = self.net(batch[0])
        self.log("val_loss", loss_of(scores, batch[1]), prog_bar=True)
        self.log("val_accuracy", ((scores > 0) == (batch[1] > 0)).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters())

marks = Marks()
train, test = random_split(marks, [0.8, 0.2], torch.Generator().manual_seed(1))
train, test = DataLoader(train, 32, shuffle=True), DataLoader(test, 32)
trainer = L.Trainer(max_epochs=10)
trainer.fit(Classifier(), train, test)
trainer.validate(dataloaders=test)
trainer.save_checkpoint("marks.ckpt")
model = Classifier.load_from_checkpoint("marks.ckpt").eval()
with torch.no_grad():
    print(list(marks.labels), model.net(marks.read("0.png")[None].to(model.device)).sigmoid())
