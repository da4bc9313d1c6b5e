"""Small networks as torch.onnx writes them, with an input and what torch makes of it: writes test/data/onnx/NAME.onnx.gz and
NAME.json.gz.

python scripts/onnx-samples.py test/data/onnx
"""

import gzip, json, os, sys, warnings

import torch
import torch.nn as nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
folder = sys.argv[1]


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.c2, self.b2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        shortcut = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))
        self.down = shortcut if stride != 1 or i != o else nn.Identity()

    def forward(self, x):
        y = torch.relu(self.b1(self.c1(x)))
        return torch.relu(self.b2(self.c2(y)) + self.down(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.blocks = nn.Sequential(Block(8, 8, 1), Block(8, 16, 2))
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(16, 10)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.blocks(self.stem(x))), 1))


class SqueezeExcite(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c // 4, 1), nn.Conv2d(c // 4, c, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.b(nn.functional.silu(self.a(x.mean((2, 3), keepdim=True)))))


class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.Hardswish())
        self.second = nn.Sequential(nn.Conv2d(16, 16, 3, 1, 1, groups=16), nn.BatchNorm2d(16), nn.ReLU6(), SqueezeExcite(16))
        self.third = nn.Sequential(nn.Conv2d(16, 24, 1), nn.BatchNorm2d(24), nn.AvgPool2d(2, 2, 1))
        self.fourth = nn.Sequential(nn.Conv2d(24, 8, 3, padding=1, groups=4), nn.LeakyReLU(0.1), nn.Dropout(0.2))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return torch.softmax(self.fc(self.fourth(self.third(self.second(self.first(x)))).mean([2, 3])), -1)


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        d = 16
        self.patches = nn.Conv2d(3, d, 8, 8)
        self.cls, self.place = nn.Parameter(torch.randn(1, 1, d)), nn.Parameter(torch.randn(1, 17, d))
        layer = nn.TransformerEncoderLayer(d, 4, 32, 0.0, "gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, 7)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.place
        return self.head(self.norm(self.encoder(x))[:, 0])


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        d = 16
        self.words, self.places = nn.Embedding(50, d), nn.Embedding(12, d)
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.n1, self.f1, self.f2, self.n2 = nn.LayerNorm(d), nn.Linear(d, 32), nn.Linear(32, d), nn.LayerNorm(d)
        self.head = nn.Linear(d, 3)

    def split(self, x):
        return x.view(x.size(0), x.size(1), 4, 4).permute(0, 2, 1, 3)

    def forward(self, ids, mask):
        x = self.words(ids) + self.places(torch.arange(ids.size(1)))[None]
        hidden = (1.0 - mask[:, None, None, :].float()) * -10000.0
        scores = self.split(self.q(x)) @ self.split(self.k(x)).transpose(-1, -2) / 2 + hidden
        a = torch.softmax(scores, -1) @ self.split(self.v(x))
        x = self.n1(x + self.o(a.permute(0, 2, 1, 3).reshape(x.size(0), x.size(1), 16)))
        x = self.n2(x + self.f2(nn.functional.gelu(self.f1(x))))
        return self.head(torch.tanh(x[:, 0])), x


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, 2, 1), nn.GroupNorm(4, 16)
        self.up, self.instance, self.slope = nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.InstanceNorm2d(8, affine=True), nn.PReLU(8)
        self.nearest, self.c = nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(16, 4, 1)
        self.linear = nn.Upsample(scale_factor=1.5, mode="bilinear", align_corners=False)

    def forward(self, x):
        a = torch.relu(self.a(x))
        b = torch.relu(self.norm(self.b(a)))
        y = self.c(torch.cat([self.slope(self.instance(self.up(b))), a], 1))
        return self.linear(self.nearest(nn.functional.max_pool2d(y, 3, 2, ceil_mode=True)))


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(4, 8, 5, padding=2), nn.ELU(), nn.MaxPool1d(2), nn.Conv1d(8, 8, 3, dilation=2), nn.AdaptiveMaxPool1d(1)
        )
        self.fc = nn.Linear(8, 2)

    def forward(self, x):
        return torch.log_softmax(self.fc(self.net(x).squeeze(-1)), -1)


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.LSTM(6, 8, batch_first=True, bidirectional=True)
        self.g, self.f = nn.GRU(16, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        y, _ = self.g(self.l(x)[0])
        return self.f(y[:, -1])


def write(name, model, *xs, dynamo=False):
    model = model.eval()
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2)
    with torch.no_grad():
        y = model(*xs)
    names = [f"x{k}" for k in range(len(xs))]
    path = os.path.join(folder, f"{name}.onnx")
    if dynamo:
        shapes = tuple({0: torch.export.Dim("batch")} for _ in xs)
        torch.onnx.export(model, xs, path, input_names=names, dynamo=True, dynamic_shapes=shapes, external_data=False)
    else:
        axes = {k: {0: "batch"} for k in names}
        torch.onnx.export(model, xs, path, input_names=names, dynamo=False, dynamic_axes=axes, opset_version=17)
    row = lambda t: [float(f"{v:.8g}") for v in t.flatten().tolist()]
    told = lambda t: {"shape": list(t.shape), "dtype": "float32" if t.is_floating_point() else "int32", "data": row(t)}
    ys = y if isinstance(y, tuple) else (y,)
    text = json.dumps({"inputs": [told(x) for x in xs], "outputs": [told(t) for t in ys]}, separators=(",", ":"))
    with open(path, "rb") as file:
        model_bytes = file.read()
    os.remove(path)
    for to, data in ((f"{path}.gz", model_bytes), (os.path.join(folder, f"{name}.json.gz"), text.encode())):
        with open(to, "wb") as file:
            file.write(gzip.compress(data, 9, mtime=0))


image = torch.randn(2, 3, 32, 32).round(decimals=2)
write("resnet", ResNet(), image)
write("mobilenet", MobileNet(), image)
write("vit", ViT(), image)
write("bert", Bert(), torch.randint(0, 50, (2, 12)), torch.tensor([[1] * 12, [1] * 7 + [0] * 5]))
write("unet", UNet(), torch.randn(2, 3, 12, 12).round(decimals=2))
write("text", Text(), torch.randn(2, 4, 20).round(decimals=2))
write("sequence", Sequence(), torch.randn(2, 7, 6).round(decimals=2))
# By torch's newer exporter, which wants onnxscript.
write("vit_dynamo", ViT(), image, dynamo=True)
write("sequence_dynamo", Sequence(), torch.randn(2, 7, 6).round(decimals=2), dynamo=True)
