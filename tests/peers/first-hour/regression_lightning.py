# Regression from images in Lightning 2 with torchvision. Not run here. Written after
# Lightning-AI/pytorch-lightning, examples/pytorch/basics/backbone_image_classifier.py.
import lightning as L
import pandas as pd
import torch
from PIL import Image
from torch.nn.functional import l1_loss, mse_loss
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms
from torchvision.models import resnet18

class Spots(Dataset):
    how = transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()])

    def __init__(self):
        self.table = pd.read_csv("spots/labels.csv")

    def __len__(self):
        return len(self.table)

    def __getitem__(self, i):
        return self.read(self.table["file"][i]), torch.tensor([self.table["label"][i]]).float()

    def read(self, name):
        return self.how(Image.open(f"spots/{name}").convert("RGB"))

class Regressor(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = resnet18(num_classes=1)

    def training_step(self, batch, index):
        return mse_loss(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        self.log("val_mae", l1_loss(self.net(batch[0]), batch[1]), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters())

spots = Spots()
train, test = random_split(spots, [0.8, 0.2], torch.Generator().manual_seed(1))
train, test = DataLoader(train, 32, shuffle=True), DataLoader(test, 32)
trainer = L.Trainer(max_epochs=10)
trainer.fit(Regressor(), train, test)
trainer.validate(dataloaders=test)
trainer.save_checkpoint("spots.ckpt")
model = Regressor.load_from_checkpoint("spots.ckpt").eval()
with torch.no_grad():
    print(model.net(spots.read("0.png")[None].to(model.device)))
