"""A network as readers of an article write it in PyTorch; pickles need it in a module with a name of its own."""

import torch


class ReluValid(torch.nn.Module):
    """The network of relu-valid, as its article's readers write it."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = torch.nn.Conv2d(1, 6, 5), torch.nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = (torch.nn.Linear(*ends) for ends in ((256, 120), (120, 84), (84, 10)))

    def forward(self, x):
        f = torch.nn.functional
        for conv in (self.conv1, self.conv2):
            x = f.avg_pool2d(f.relu(conv(x)), 2)
        x = x.view(len(x), -1)
        return self.fc3(f.relu(self.fc2(f.relu(self.fc1(x)))))
