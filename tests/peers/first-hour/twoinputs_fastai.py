# Two inputs in fastai 2: a photo [1, 16, 16] and two numbers. Not run here. Written after
# fastai/fastai, nbs/24_tutorial.siamese.ipynb (a network with two inputs) and
# nbs/examples/migrating_pytorch.ipynb. All of a batch but its last item is the network's input.
from fastai.basics import *
from torch.utils.data import TensorDataset

class Pets(Module):
    def __init__(self):
        self.conv = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(16 * 14 * 14 + 2, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, photo, facts):
        return self.head(torch.cat([self.conv(photo), facts], 1))

def read(name):
    pets = np.load(name)
    photo, facts = tensor(pets["photo"]).float() / 255, tensor(pets["facts"]).float()
    return TensorDataset(photo, facts, tensor(pets["kind"]).long())

train, test = read("pets-train.npz"), read("pets-test.npz")
dls = DataLoaders.from_dsets(train, test, bs=32)
learn = Learner(dls, Pets(), loss_func=CrossEntropyLossFlat(), metrics=accuracy)
learn.fit_one_cycle(20)
print(learn.validate())
learn.save("pets")
learn.load("pets")
with torch.no_grad():
    print(learn.model.eval()(*(x[None].to(dls.device) for x in test[0][:2])))
