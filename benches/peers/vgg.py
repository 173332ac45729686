"""VGG-16 as the peers time it."""
import torch

SIDE = 256
PLAN = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
CLASSES = 100


def network():
    """The convolutions and a light head, with random weights: the time does not depend on their values."""
    torch.manual_seed(0)
    layers, channels = [], 3
    for width in PLAN:
        if width == "M":
            layers.append(torch.nn.MaxPool2d(2))
        else:
            layers += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.ReLU()]
            channels = width
    head = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(2048, CLASSES))
    for parameter in torch.nn.ModuleList([*layers, head]).parameters():
        parameter.requires_grad_(False)
    return layers, head
