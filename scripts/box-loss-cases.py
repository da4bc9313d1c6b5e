"""Losses of boxes and their gradients by torch, after the formulas of torchvision.ops (giou_loss, diou_loss, ciou_loss):
writes test/data/losses/boxes.json.

python scripts/box-loss-cases.py test/data/losses
"""

import json, math, sys

import torch

EPS = 1e-7
torch.manual_seed(7)


def parts(a, b):
    (x1, y1, x2, y2), (u1, v1, u2, v2) = a.unbind(-1), b.unbind(-1)
    left, top, right, bottom = torch.max(x1, u1), torch.max(y1, v1), torch.min(x2, u2), torch.min(y2, v2)
    shared = torch.where((bottom > top) & (right > left), (right - left) * (bottom - top), 0)
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared
    hull = torch.min(x1, u1), torch.min(y1, v1), torch.max(x2, u2), torch.max(y2, v2)
    return shared / (union + EPS), union, hull


def iou(a, b):
    return 1 - parts(a, b)[0]


def giou(a, b):
    overlap, union, (x1, y1, x2, y2) = parts(a, b)
    area = (x2 - x1) * (y2 - y1)
    return 1 - (overlap - (area - union) / (area + EPS))


def diou(a, b):
    overlap, _, (x1, y1, x2, y2) = parts(a, b)
    diagonal = (x2 - x1) ** 2 + (y2 - y1) ** 2 + EPS
    middle = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    return 1 - overlap + (middle**2).sum(-1) / diagonal


def ciou(a, b):
    aspect = lambda q: torch.atan((q[..., 2] - q[..., 0]) / (q[..., 3] - q[..., 1]))
    v = 4 / math.pi**2 * (aspect(b) - aspect(a)) ** 2
    with torch.no_grad():
        alpha = v / (1 - parts(a, b)[0] + v + EPS)
    return diou(a, b) + alpha * v


corner, size = torch.rand(24, 2, 2) * 8, torch.rand(24, 2, 2) * 6 + 0.5
boxes = torch.cat([corner, corner + size], -1)
# One in another, one like another, one far from another, one in the corner of another.
boxes[0] = torch.tensor([[0, 0, 8, 6], [2, 1, 4, 5]])
boxes[1] = torch.tensor([[1, 2, 4, 7], [1, 2, 4, 7]])
boxes[2] = torch.tensor([[0, 0, 2, 2], [90, 40, 95, 47]])
boxes[3] = torch.tensor([[0, 0, 4, 4], [0, 0, 2, 6]])
cases = {}
for loss in (iou, giou, diou, ciou):
    p = boxes[:, 1].clone().requires_grad_()
    values = loss(p, boxes[:, 0])
    values.sum().backward()
    rounded = lambda x: [float(f"{v:.7g}") for v in x.flatten().tolist()]
    cases[loss.__name__] = {"values": rounded(values), "gradients": rounded(p.grad)}
rounded = lambda x: [float(f"{v:.9g}") for v in x.flatten().tolist()]
with open(f"{sys.argv[1]}/boxes.json", "w") as f:
    json.dump({"yTrue": rounded(boxes[:, 0]), "yPred": rounded(boxes[:, 1]), **cases}, f, separators=(",", ":"))
    f.write("\n")
