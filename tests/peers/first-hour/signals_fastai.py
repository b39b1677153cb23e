# Classification of signals in fastai 2, from arrays x [N, 1, 64] and y [N]. Not run here. fastai
# has no data block for signals; written after fastai/fastai, nbs/examples/migrating_pytorch.ipynb,
# which trains a PyTorch network on PyTorch data.
from fastai.basics import *
from torch.utils.data import TensorDataset, random_split

waves = np.load("waves.npz")
x, y = tensor(waves["x"]).float(), tensor(waves["y"]).long()
train, test = random_split(TensorDataset(x, y), [0.8, 0.2], torch.Generator().manual_seed(1))
net = nn.Sequential(
    nn.Conv1d(1, 32, 7, padding=3), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(2),
    nn.Conv1d(32, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
    nn.Flatten(), nn.Linear(32, 2))
dls = DataLoaders.from_dsets(train, test, bs=32)
learn = Learner(dls, net, loss_func=CrossEntropyLossFlat(), metrics=accuracy)
learn.fit_one_cycle(10)
print(learn.validate())
learn.save("waves")
learn.load("waves")
with torch.no_grad():
    print(learn.model.eval()(x[:1].to(dls.device)))
