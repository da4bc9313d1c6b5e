"""Small graphs with branches and loops, as torch.onnx writes them and put together as tf2onnx does, with an input and what
ONNX Runtime makes of it: writes test/data/onnx/NAME.onnx.gz and NAME.json.gz.

python scripts/onnx-control-samples.py test/data/onnx    (torch's newer exporter wants onnxscript)
"""

import gzip, json, sys, warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")
torch.manual_seed(0)
random = np.random.default_rng(0)
folder = sys.argv[1]


def keep(name, model_bytes, xs):
    onnx.checker.check_model(onnx.load_model_from_string(model_bytes))
    session = onnxruntime.InferenceSession(model_bytes)
    ys = session.run(None, {i.name: x for i, x in zip(session.get_inputs(), xs)})
    row = lambda x: [float(f"{v:.8g}") for v in x.flatten().tolist()]
    kind = lambda x: "float32" if x.dtype == np.float32 else "int32"
    told = lambda x: {"shape": list(x.shape), "dtype": kind(x), "data": row(x)}
    text = json.dumps({"inputs": [told(x) for x in xs], "outputs": [told(y) for y in ys]}, separators=(",", ":"))
    for ending, data in (("onnx", model_bytes), ("json", text.encode())):
        with open(f"{folder}/{name}.{ending}.gz", "wb") as file:
            file.write(gzip.compress(data, 9, mtime=0))


# As torch writes scripted functions.
class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x, y):
        if x.sum() > 0:
            z = self.a(x) + y
        else:
            z = torch.tanh(self.b(x)) * 2.0
            if y.sum() > 100.0:
                z = z - y
        return z


class Rounds(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)

    def forward(self, x):
        for k in range(3):
            x = torch.tanh(self.a(x)) + k
        count = torch.zeros([1])
        while x.sum() < 100.0:
            x = x * 1.5 + 1.0
            count = count + 1.0
        grown = x
        for k in range(3):
            grown = torch.cat([grown, x[:, k : k + 1]], 1)
        return grown, count


def scripted(name, model, *xs):
    path = "/tmp/scripted.onnx"
    names = [f"x{k}" for k in range(len(xs))]
    scripted_model = torch.jit.script(model.eval())
    axes = {k: {0: "batch"} for k in names}
    torch.onnx.export(scripted_model, xs, path, input_names=names, dynamo=False, dynamic_axes=axes, opset_version=17)
    with open(path, "rb") as file:
        keep(name, file.read(), [x.numpy() for x in xs])


x = torch.randn(2, 4).round(decimals=2)
scripted("branches", Branches(), -x.abs(), torch.randn(2, 3).round(decimals=2))
scripted("rounds", Rounds(), x)


# As torch writes what it has traced itself: branches, loops and scans of its own.
def traced(name, model, x):
    path = "/tmp/traced.onnx"
    torch.onnx.export(model.eval(), (x,), path, input_names=["x0"], dynamo=True, external_data=False, verbose=False)
    with open(path, "rb") as file:
        keep(name, file.read(), [x.numpy()])


class Choice(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda x: self.a(x), lambda x: torch.tanh(self.b(x)), (x,))


class While(nn.Module):
    def forward(self, x):
        start = (torch.tensor(0), x)
        return torch._higher_order_ops.while_loop(lambda i, x: x.sum() < 50, lambda i, x: (i + 1, x * 1.5 + 1), start)


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)

    def step(self, h, x):
        h = torch.tanh(self.a(x) + h)
        return h, h * 2

    def forward(self, x):
        return torch._higher_order_ops.scan(self.step, torch.zeros(x.shape[1], 4), x)


traced("choice_dynamo", Choice(), x)
traced("while_dynamo", While(), x)
traced("scan_dynamo", Steps(), torch.randn(5, 2, 4).round(decimals=2))

# As tf2onnx writes them.
f32, i64, boolean = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
info = helper.make_tensor_value_info
node = helper.make_node
weight = lambda name, array: numpy_helper.from_array(np.asarray(array), name)
normal = lambda *shape: random.normal(size=shape).round(2).astype(np.float32)


def built(name, nodes, inputs, outputs, weights, xs, opset=13):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="tf2onnx", ir_version=8)
    keep(name, model.SerializeToString(), xs)


# Images with channels last, convolved with channels first: a Transpose on either side.
built(
    "moved",
    [
        node("Transpose", ["image"], ["t1"], "model/conv/Conv2D__6", perm=[0, 3, 1, 2]),
        node("Conv", ["t1", "w1", "b1"], ["c1"], "model/conv/Conv2D", auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3]),
        node("Relu", ["c1"], ["r1"], "model/conv/Relu"),
        node("Transpose", ["r1"], ["t2"], "model/conv/Relu__8", perm=[0, 2, 3, 1]),
        node("Add", ["t2", "shift"], ["a1"], "model/add"),
        node("Transpose", ["a1"], ["t3"], "model/pool__10", perm=[0, 3, 1, 2]),
        node("MaxPool", ["t3"], ["p1"], "model/pool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["p1"], ["t4"], "model/pool__12", perm=[0, 2, 3, 1]),
        node("Reshape", ["t4", "flat"], ["f1"], "model/flatten"),
        node("MatMul", ["f1", "w2"], ["d1"], "model/dense/MatMul"),
        node("Add", ["d1", "b2"], ["dense"], "model/dense/BiasAdd"),
    ],
    [info("image", f32, ["batch", 8, 8, 3])],
    [info("dense", f32, ["batch", 5])],
    [
        weight("w1", normal(6, 3, 3, 3)),
        weight("b1", normal(6)),
        weight("shift", normal(6)),
        weight("flat", np.array([-1, 24], np.int64)),
        weight("w2", normal(24, 5)),
        weight("b2", normal(5)),
    ],
    [normal(2, 8, 8, 3)],
)

# A recurrence as a Loop that counts itself, reads a sequence by its number, and stacks what it gives.
body = helper.make_graph(
    [
        node("Gather", ["sequence", "time"], ["x_t"], "while/read", axis=0),
        node("Concat", ["x_t", "h"], ["xh"], "while/concat", axis=1),
        node("MatMul", ["xh", "kernel"], ["z"], "while/MatMul"),
        node("Add", ["z", "bias"], ["zb"], "while/BiasAdd"),
        node("Tanh", ["zb"], ["h_new"], "while/Tanh"),
        node("Add", ["time", "one"], ["time_new"], "while/add"),
        node("Less", ["time_new", "steps"], ["goes"], "while/Less"),
        node("And", ["goes", "cond"], ["cond_new"], "while/And"),
        node("Identity", ["h_new"], ["y_t"], "while/Identity"),
    ],
    "while_body",
    [info("i", i64, []), info("cond", boolean, []), info("time", i64, []), info("h", f32, ["batch", 4])],
    [info("cond_new", boolean, []), info("time_new", i64, []), info("h_new", f32, ["batch", 4]), info("y_t", f32, ["batch", 4])],
)
built(
    "while_rnn",
    [
        node("Transpose", ["x"], ["sequence"], "rnn/transpose", perm=[1, 0, 2]),
        node("Shape", ["x"], ["sizes"], "rnn/Shape"),
        node("Slice", ["sizes", "from0", "to1"], ["batch_size"], "rnn/strided_slice"),
        node("Concat", ["batch_size", "units"], ["state_shape"], "rnn/zeros/packed", axis=0),
        node("Expand", ["zero", "state_shape"], ["h0"], "rnn/zeros"),
        node("Loop", ["", "true", "start", "h0"], ["t_end", "h_end", "ys"], "rnn/while_loop", body=body),
        node("Transpose", ["ys"], ["all"], "rnn/transpose_1", perm=[1, 0, 2]),
    ],
    [info("x", f32, ["batch", 5, 3])],
    [info("all", f32, ["batch", 5, 4]), info("h_end", f32, ["batch", 4])],
    [
        weight("from0", np.array([0], np.int64)),
        weight("to1", np.array([1], np.int64)),
        weight("units", np.array([4], np.int64)),
        weight("zero", np.float32(0)),
        weight("start", np.int64(0)),
        weight("one", np.int64(1)),
        weight("steps", np.int64(5)),
        weight("true", np.array(True)),
        weight("kernel", normal(7, 4)),
        weight("bias", normal(4)),
    ],
    [normal(2, 5, 3)],
)

# An LSTM as a Scan with constant weights, backwards, along the second axis of its input.
body = helper.make_graph(
    [
        node("Concat", ["x_t", "h"], ["xh"], "cell/concat", axis=1),
        node("MatMul", ["xh", "kernel"], ["z"], "cell/MatMul"),
        node("Add", ["z", "bias"], ["zb"], "cell/BiasAdd"),
        node("Split", ["zb"], ["zi", "zc", "zf", "zo"], "cell/split", axis=1),
        node("Sigmoid", ["zi"], ["i"], "cell/Sigmoid"),
        node("Tanh", ["zc"], ["g"], "cell/Tanh"),
        node("Sigmoid", ["zf"], ["f"], "cell/Sigmoid_1"),
        node("Sigmoid", ["zo"], ["o"], "cell/Sigmoid_2"),
        node("Mul", ["i", "g"], ["ig"], "cell/mul"),
        node("Mul", ["f", "c"], ["fc"], "cell/mul_1"),
        node("Add", ["ig", "fc"], ["c_new"], "cell/add"),
        node("Tanh", ["c_new"], ["tc"], "cell/Tanh_1"),
        node("Mul", ["o", "tc"], ["h_new"], "cell/mul_2"),
        node("Mul", ["h_new", "scale"], ["y_t"], "cell/mul_3"),
    ],
    "scan_body",
    [info("h", f32, ["batch", 4]), info("c", f32, ["batch", 4]), info("x_t", f32, ["batch", 3])],
    [info("h_new", f32, ["batch", 4]), info("c_new", f32, ["batch", 4]), info("y_t", f32, ["batch", 4])],
)
built(
    "scan_lstm",
    [
        node(
            "Scan",
            ["h0", "c0", "x"],
            ["h_end", "c_end", "ys"],
            "lstm/scan",
            body=body,
            num_scan_inputs=1,
            scan_input_axes=[1],
            scan_input_directions=[1],
            scan_output_axes=[1],
            scan_output_directions=[1],
        ),
    ],
    [info("x", f32, ["batch", "time", 3]), info("h0", f32, ["batch", 4]), info("c0", f32, ["batch", 4]), info("scale", f32, ["batch", 1])],
    [info("ys", f32, ["batch", "time", 4]), info("c_end", f32, ["batch", 4])],
    [weight("kernel", normal(7, 16)), weight("bias", normal(16))],
    [normal(2, 5, 3), normal(2, 4), normal(2, 4), normal(2, 1)],
)

# A branch within a loop whose number of rounds is an input, and constants and inputs as they are among the results.
then_branch = helper.make_graph([node("Add", ["v", "image"], ["more"])], "then", [], [info("more", f32, None)])
else_branch = helper.make_graph([node("Constant", [], ["none"], value=weight("", normal(2, 3)))], "else", [], [info("none", f32, None)])
body = helper.make_graph(
    [
        node("ReduceSum", ["v"], ["sum"], keepdims=0),
        node("Less", ["sum", "limit"], ["is_small"]),
        node("If", ["is_small"], ["next"], "choose", then_branch=then_branch, else_branch=else_branch),
        node("Identity", ["cond"], ["again"]),
    ],
    "counted",
    [info("i", i64, []), info("cond", boolean, []), info("v", f32, None), info("fixed", f32, None)],
    [info("again", boolean, []), info("next", f32, None), info("fixed", f32, None)],
)
built(
    "counted",
    [
        node("Loop", ["count", "", "start", "fixed0"], ["end", "same"], "loop", body=body),
        node("Add", ["end", "same"], ["out"], "sum"),
    ],
    [info("image", f32, [2, 3]), info("count", i64, [])],
    [info("out", f32, [2, 3])],
    [weight("start", normal(2, 3)), weight("fixed0", normal(3)), weight("limit", np.float32(8))],
    [np.abs(normal(2, 3)), np.array(7, np.int64)],
)

# What is carried grows: the rounds can only be written one by one.
body = helper.make_graph(
    [
        node("Add", ["i", "one"], ["next"]),
        node("Unsqueeze", ["i", "zero"], ["from"]),
        node("Unsqueeze", ["next", "zero"], ["to"]),
        node("Slice", ["image", "from", "to", "axes"], ["column"]),
        node("Mul", ["column", "column"], ["square"]),
        node("Concat", ["v", "square"], ["longer"], axis=1),
        node("Identity", ["cond"], ["again"]),
    ],
    "grow",
    [info("i", i64, []), info("cond", boolean, []), info("v", f32, None)],
    [info("again", boolean, []), info("longer", f32, None)],
)
built(
    "grown",
    [node("Loop", ["three", "", "image"], ["out"], "loop", body=body)],
    [info("image", f32, ["batch", 3])],
    [info("out", f32, ["batch", 6])],
    [
        weight("three", np.int64(3)),
        weight("one", np.int64(1)),
        weight("zero", np.array([0], np.int64)),
        weight("axes", np.array([1], np.int64)),
    ],
    [normal(2, 3)],
)
