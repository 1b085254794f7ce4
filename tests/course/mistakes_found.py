"""Mistakes that others made, found in public repositories and written anew in the exercises' form.

`FOUND` holds (exercise, where, source, words): the mistake was reported, or made, at `where`, and is
no copy of what stands there.  As in `wrong_answers` the answer is the last name that the source
defines, and `words` must match what the check says where it names a mistake.  `RIGHT` are answers that
were called wrong and are right.
"""

MULTIPLY = """
class MyDual:
    def __init__(self, primal, tangent={default}):
        self.primal, self.tangent = primal, tangent
    def lift(self, other):
        return other if isinstance(other, MyDual) else MyDual(other, 0.0)
    def __add__(self, other):
        other = self.lift(other)
        return MyDual(self.primal + other.primal, self.tangent + other.tangent)
    def __mul__(self, other):
        {product}
    def __truediv__(self, other):
        {quotient}
    def __rtruediv__(self, other):
        {reflected}
    def __pow__(self, k):
        return MyDual(self.primal**k, k * self.primal ** (k - 1) * self.tangent)
    def exp(self):
        return MyDual(np.exp(self.primal), {exp} * self.tangent)
    def log(self):
        return MyDual(np.log(self.primal), self.tangent / self.primal)
    __radd__, __rmul__ = __add__, __mul__
"""
RIGHTLY = {
    "default": "0.0",
    "product": "other = self.lift(other); return MyDual(self.primal * other.primal, self.primal * other.tangent + self.tangent * other.primal)",
    "quotient": "other = self.lift(other); return MyDual(self.primal / other.primal, (self.tangent * other.primal - self.primal * other.tangent) / other.primal**2)",
    "reflected": "return MyDual(other) / self",
    "exp": "np.exp(self.primal)",
}


def dual(**changed):
    return MULTIPLY.format(**RIGHTLY | changed)


def layers(last="h2 * (1 - h2)", first="h1 * (1 - h1)"):
    return (
        "def gradient_W1(W1, W2, W3, x):\n    h1 = sigmoid(W1 @ x)\n    h2 = sigmoid(W2 @ h1)\n"
        f"    d = W3 * {last}\n    d = (d @ W2) * {first}\n    return np.outer(d, x)"
    )


def through_time(dz="(dh + cts[t]) * (1 - h[t + 1] ** 2)", dh="dz @ W.T", before="h[t]"):
    return (
        "def through_time(W, a, h0, cts):\n    h = [h0]\n    for own in a:\n"
        "        h.append(np.tanh(h[-1] @ W + own))\n    dW, dh = np.zeros_like(W), np.zeros_like(h0)\n"
        f"    for t in reversed(range(len(a))):\n        dz = {dz}\n        dW += {before}.T @ dz\n        dh = {dh}\n"
        "    return dW, dh"
    )


def causal(scores="Q @ K.T / np.sqrt(Q.shape[1])", fill="-np.inf", weights="softmax(S)"):
    return (
        "def causal(Q, K, V):\n    seen = np.tri(len(Q), dtype=bool)\n"
        f"    S = {scores}\n    S = np.where(seen, S, {fill})\n    return {weights} @ V"
    )


def attention(root="Q.shape[1]", ds="P * (dP - np.sum(dP * P, axis=1, keepdims=True))"):
    return (
        f"def attention_vjp(dY, Q, K, V):\n    root = np.sqrt({root})\n    P = softmax(Q @ K.T / root)\n"
        f"    dP = dY @ V.T\n    dS = {ds} / root\n    return dS @ K, dS.T @ Q, P.T @ dY"
    )


def entropy(shift="z.max(axis=1, keepdims=True)", p="np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)", dz="dz[rows, labels] -= 1", over="len(labels)", loss="-np.mean(np.log(p[rows, labels]))"):  # fmt: skip
    return (
        f"def cross_entropy(z, labels):\n    rows = np.arange(len(labels))\n    z = z - {shift}\n    p = {p}\n"
        f"    dz = p.copy()\n    {dz}\n    return {loss}, dz / {over}"
    )


def swept(body, start="for row in rows: row.adjoint = 0.0"):
    return f"def sweep(rows):\n    {start}\n    rows[-1].adjoint = 1.0\n{body}"


RECURSIVE = (
    "    def back(row):\n        for parent, partial in zip(row.parents, row.partials):\n"
    "            parent.adjoint += row.adjoint * partial\n            back(parent)\n{after}    back(rows[-1])"
)
AT_ONCE = RECURSIVE.format(after="")
WIPED = RECURSIVE.format(
    after="        if row.parents and row is not rows[-1]: row.adjoint = 0.0\n"
)
LOOP = (
    "    for row in {order}:\n        for parent, partial in zip(row.parents, row.partials):\n"
    "            parent.adjoint {put} row.adjoint * partial"
)
KEPT = "for row in rows: row.adjoint = row.adjoint or 0.0"

# fmt: off
FOUND = [
    # softmax and cross-entropy
    ("14.1", "pjreddie/darknet#96", "def softmax_vjp(ct, p):\n    return ct", "passed on|as it is|unchanged|equals? ct|ct itself"),
    ("14.1", "wkcn/mobula#3", "def softmax_vjp(ct, p):\n    return ct * np.exp(np.log(p))", "sum|every"),
    ("14.1", "HomericIntelligence/Odyssey#2134", "def softmax_vjp(ct, p):\n    return p * ct", "sum|every"),
    ("14.1", "Apiquet/DeepLearningFrameworkFromScratchCpp#1", "def softmax_vjp(ct, p):\n    return ct * p * (1 - p)", "diagonal|other|own"),
    ("14.1", "markroxor/fromscratchtoml#65", "def softmax_vjp(ct, p):\n    return 2 * p * (ct - np.sum(ct * p, axis=1, keepdims=True))", "2|twice"),
    ("14.1", "eriklindernoren/ML-From-Scratch#71", "def softmax_vjp(ct, p):\n    return ct * p * (p - 1)", "diagonal|sign|minus"),
    ("14.1", "mlpack/mlpack#2360", "def softmax_vjp(ct, p):\n    return ct + p", "sum|cross|softmax|subtract"),
    ("8.1", "AlexDBlack in deeplearning4j/deeplearning4j#345", entropy(dz="dz = np.eye(z.shape[1])[labels] - p"), "sign|minus"),
    ("8.1", "deeplearning4j/deeplearning4j#345", entropy(p="np.exp(z) / np.exp(z).sum(axis=0)"), "axis|column|row"),
    ("8.1", "janchorowski/nn_assignments#21", entropy(over="1"), "1/N|mean|rows"),
    ("8.1", "victorlempitsky/Mate#2", entropy(over="z.size"), "mean|entries|rows"),
    ("8.1", "peterroelants/peterroelants.github.io#24", entropy(loss="np.mean(np.log(p[rows, labels]))"), "sign|minus"),
    ("8.1", "manassharma07/crysx_nn#7", entropy(shift="z.max()"), "row|batch|shift"),
    ("8.1", "fetchai/ledger#1580", entropy(dz="dz = -np.eye(z.shape[1])[labels] / p"), "softmax|slope|logits|p"),
    ("8.1", "mlpack/mlpack#2360", entropy(dz="dz[rows, labels] += 1"), "sign|minus|one-hot"),
    # layers, sigmoid
    ("1.2", "yizt/numpy_neural_network#3", "def layer_jacobian(W, h):\n    return np.diag(sigmoid(1 - sigmoid(W @ h))) @ W", "slope|σ|sigmoid"),
    ("1.2", "BoltzmannEntropy/interviews.ai#4", "def layer_jacobian(W, h):\n    z = W @ h\n    return np.diag(z * (1 - z)) @ W", "σ|z"),
    ("1.2", "rasmusbergpalm/DeepLearnToolbox#165", "def layer_jacobian(W, h):\n    o = sigmoid(W @ h)\n    return np.diag(sigmoid(o) * (1 - sigmoid(o))) @ W", "output|twice|point"),
    ("1.3", "Bot-Academy/NeuralNetworkFromScratch#3", layers(last="1"), "σ|slope|second"),
    ("1.3", "CaptainE/RNN-LSTM-in-numpy#1", layers(first="h1"), "slope|σ|h1"),
    ("1.3", "haifengl/smile#528", "def gradient_W1(W1, W2, W3, x):\n    h1 = sigmoid(W1 @ x)\n    d = h1 * (1 - h1)\n    return np.outer(d, x)", "factor|left out|adjoint|later|layer"),
    ("5.3", "tile-ai/TileOPs#54", "def vjp_matmul(ct, X, W):\n    return ct @ W, X @ ct", "shape|transpos|fit"),
    ("5.2", "pytorch/pytorch#1787", "def vjp_multiply(ct, x, w):\n    return ct * w, ct * x", "broadcast|shape|sum"),
    ("5.2", "a reply in tenstorrent/tt-metal#40008", "def vjp_multiply(ct, x, w):\n    return (ct * w).sum(axis=0), (ct * x).sum(axis=0)", "broadcast|shape|sum|axis"),
    ("6.2", "iamtrask/iamtrask.github.io#32", "def swish_partials(ans, x, b):\n    s = 1 / (1 + np.exp(-b * x))\n    return s + b * x * x * (1 - x), x**2 * x * (1 - x)", "σ|slope|x"),
    ("2.2", "younes-io in karpathy/nn-zero-to-hero#52", 'def partials(op, x, y):\n    return {"x + y": (1, 1), "x - y": (1, -1), "x * y": (y, x), "x / y": (1 / y, -x / y**2), "sin(x)": (np.cos(x),), "exp(x)": (x,), "log(x)": (1 / x,), "tanh(x)": (1 - np.tanh(x)**2,)}[op]', "exp"),
    # dual numbers
    ("3.1", "younes-io in karpathy/nn-zero-to-hero#52", dual(exp="self.primal"), "exp"),
    ("3.1", "MikeInnes/diff-zoo#15", dual(quotient="other = self.lift(other); return MyDual(self.primal * other.primal, self.tangent * other.primal - self.primal * other.tangent)"), "x / 2|1 / x|quotient|square"),
    ("3.1", "LibRapid/librapid#273", dual(product="other = self.lift(other); self.primal *= other.primal; self.tangent = self.tangent * other.primal + self.primal * other.tangent; return self"), "place|itself|new"),
    ("3.1", "Idg772/C1_Coursework, __mul__", dual(product="other = self.lift(other); return MyDual(self.primal * other.primal, self.primal * other.tangent + (self.tangent + other.primal))"), "x \\* 3|x \\* x|tangent|product"),
    ("3.1", "Idg772/C1_Coursework, __rtruediv__", dual(reflected="return MyDual(other / self.primal, other * self.tangent / self.primal**2)"), "sign|minus|1 / x"),
    ("3.1", "a class project, whose dual part is 1 by default", dual(default="1.0").replace("MyDual(other, 0.0)", "MyDual(other)"), "constant|1|move"),
    ("3.1", "mkmkmk/BasicTestsPy", dual().replace("other if isinstance(other, MyDual) else MyDual(other, 0.0)", "other"), "plain|number"),
    # graphs and sweeps
    ("4.2", "mbertheau in karpathy/micrograd#23", "def order(last):\n    found, todo = [], [last]\n    while todo:\n        node = todo.pop()\n        found.append(node)\n        todo += node.parents\n    return found[::-1]", "again|twice|once|visited"),
    ("4.2", "ekropotin in karpathy/micrograd#96", "def order(last):\n    seen, found = set(), []\n    def dfs(node):\n        if node not in seen:\n            seen.add(node)\n            for parent in node.parents:\n                dfs(parent)\n            found.append(node)\n    dfs(last)\n    return found", "calls itself"),
    ("4.2", "strisys in karpathy/micrograd#68", "def order(last):\n    found = [last]\n    for parent in last.parents:\n        found += order(parent)\n    return found", "calls itself|before|twice|turned|first"),
    ("4.3", "strisys in karpathy/micrograd#68", swept(AT_ONCE), "complete|before|again|twice|handed on|more than once"),
    ("4.3", "sebgao/cTensor#5", swept(AT_ONCE), "complete|before|again|twice|handed on|more than once"),
    ("4.3", "ickma2311 in karpathy/micrograd#81", swept(WIPED), "complete|before|again|twice|handed on|zero|0|more than once"),
    ("4.3", "ekropotin in karpathy/micrograd#96", swept(LOOP.format(order="rows", put="+=")), "order|first|revers|last"),
    ("4.3", "karpathy/micrograd#102", swept(LOOP.format(order="rows[::-1]", put="+="), KEPT), "second|again|twice|old|zero|begin"),
    ("4.3", "the video of karpathy/nn-zero-to-hero", swept(LOOP.format(order="rows[::-1]", put="=")), "=|last|add"),
    # differences
    ("2.3", "apache/mxnet#3693", "def measure(f, x, h):\n    return (f(x + h) - f(x)) / h", "forward|one side|sides"),
    ("9.1", "apache/mxnet#3693", "def quotient(f, x):\n    h = 1e-5\n    return (f(x + h) - f(x)) / h", "side"),
    ("9.2", "chengsoonong/crowdastro#130", "def relative_error(a, n):\n    return abs(a - n) / a", "sign|first|one of the two"),
    ("9.2", "chengsoonong/crowdastro#130, before", "def relative_error(a, n):\n    return abs(a - n)", "absolute"),
    # through time
    ("13.1", "qixianbiao/RNN#2", through_time(dz="cts[t] * (1 - h[t + 1] ** 2)"), "after|step"),
    ("13.1", "d2l-ai/d2l-en#2616", through_time(dz="cts[t] * (1 - h[t + 1] ** 2)"), "after|step"),
    ("13.1", "oreilly-japan/deep-learning-from-scratch-2#26", through_time(dz="(dh + cts[t]) / (1 - h[t + 1] ** 2)"), "tanh|slope|divid"),
    ("13.1", "CaptainE/RNN-LSTM-in-numpy#1", through_time(dz="(dh + cts[t]) * np.tanh(h[t + 1])"), "tanh|slope"),
    ("13.3", "carpedm20/MemN2N-tensorflow#19", "def clip(gradient, limit):\n    def one(g):\n        n = np.sqrt(np.sum(g**2))\n        return g * min(1.0, limit / n) if n else g\n    return {k: one(g) for k, g in gradient.items()}", "each array|all|together"),
    ("13.3", "paiml/entrenar#311, bug 1", "def clip(gradient, limit):\n    n = np.sqrt(sum(np.sum(g**2) ** 2 for g in gradient.values()))\n    return {k: g * min(1.0, limit / n) if n else g for k, g in gradient.items()}", "square|root|length"),
    ("13.3", "paiml/entrenar#311, bug 2", "def clip(gradient, limit):\n    n = sum(np.sum(g**2) for g in gradient.values())\n    return {k: g * min(1.0, limit / n) if n else g for k, g in gradient.items()}", "square|root"),
    # attention
    ("14.3", "huggingface/pytorch-image-models#2236", causal(fill="S", weights="(softmax(S) * seen)"), "after|mask"),
    ("14.3", "lucidrains/memory-compressed-attention#2", causal(fill="np.inf"), "inf|NaN|nan|sign"),
    ("14.3", "delzac/cntkx#10", causal(scores="Q @ K.T / Q.shape[1]"), "√d|root|sqrt|d"),
    ("14.3", "esceptico/perceiver-io#9", causal(scores="Q @ K.T * np.sqrt(Q.shape[1])"), "√d|root|multipl|divid"),
    ("14.2", "delzac/cntkx#10", attention(root="Q.shape[1] ** 2"), "√d|d in place|root"),
    ("14.2", "juho-lee/set_transformer#18", attention(root="V.shape[1]"), "√d|root|V|columns|d"),
    ("14.2", "HomericIntelligence/Odyssey#2134", attention(ds="P * dP"), "softmax|sum"),
    ("14.2", "Apiquet/DeepLearningFrameworkFromScratchCpp#1", attention(ds="P * (1 - P) * dP"), "softmax|diagonal"),
    # optimisers
    ("8.2", "mdenil/dropout#4", "def momentum_step(p, g, m, rate, keep):\n    new = keep * m + (1 - keep) * g\n    return p - (1 - keep) * rate * m, new", "old|mean|running"),
    ("8.2", "dfdx/Boltzmann.jl#14", "def momentum_step(p, g, m, rate, keep):\n    m = rate * (keep * m + g)\n    return p - m, m", "rate"),
    ("8.2", "paiml/aprender#2190", "def momentum_step(p, g, m, rate, keep):\n    m = keep * m - rate * g\n    return p + m, m", "minus|rate|inside|sign"),
    ("8.2", "zc911/MatrixSlow#17", "def momentum_step(p, g, m, rate, keep):\n    m = keep * m + (rate * g if m.any() else g)\n    return p - rate * m, m", "rate|first|m"),
    ("8.2", "fostiropoulos in pytorch/pytorch#45036", "def momentum_step(p, g, m, rate, keep):\n    m = keep * m + g\n    return p + rate * m, m", "sign|uphill|minus"),
    ("8.2", "fastai/fastbook#482", "def momentum_step(p, g, m, rate, keep):\n    m = m + g\n    return p - rate * m, m", "forgotten|keep"),
    # reinforcement
    ("10.1", "udacity/deep-reinforcement-learning#42", "def batch_returns(rewards, ends, gamma):\n    G, start = np.zeros(len(rewards)), 0\n    for t in range(len(rewards)):\n        if ends[t]:\n            r = rewards[start:t + 1]\n            G[start:t + 1] = sum(gamma**i * own for i, own in enumerate(r))\n            start = t + 1\n    return G", "whole|every step|to-go"),
    ("10.1", "pytorch/examples#1422", "def batch_returns(rewards, ends, gamma):\n    G, later = np.zeros(len(rewards)), 0.0\n    for t in reversed(range(len(rewards))):\n        later = rewards[t] + gamma * later\n        G[t] = later\n    return G", "next episode|leak"),
    ("10.1", "mohmdelsayed/streaming-drl#3", "def batch_returns(rewards, ends, gamma):\n    G, before = np.zeros(len(rewards)), 0.0\n    for t in range(len(rewards)):\n        before = rewards[t] + gamma * before\n        G[t] = before\n        if ends[t]:\n            before = 0.0\n    return G", "past|before|first step"),
    ("10.1", "titu1994/neural-architecture-search#9", "def batch_returns(rewards, ends, gamma):\n    G, later = np.zeros(len(rewards)), 0.0\n    for t in reversed(range(len(rewards))):\n        if rewards[t] != 0:\n            later = 0.0\n        later = rewards[t] + gamma * later\n        G[t] = later\n    return G", "reward|end|begin"),
    ("10.1", "openai/spinningup#50", "def batch_returns(rewards, ends, gamma):\n    G, later = np.zeros(len(rewards)), 0.0\n    for t in reversed(range(len(rewards))):\n        later = 0.0 if ends[t] else rewards[t + 1] + gamma * later\n        G[t] = later\n    return G", "next step|own reward"),
    ("10.2", "astariul/encode-attend-navigate-pytorch#2", "def policy_loss(logits, values, actions, returns):\n    log_pi = log_softmax(logits)[np.arange(len(actions)), actions]\n    return -np.mean(log_pi * (ad.stop_gradient(returns) - values))", "baseline|detached"),
    ("10.2", "keras-team/keras-io#194", "def policy_loss(logits, values, actions, returns):\n    log_pi = log_softmax(logits)[np.arange(len(actions)), actions]\n    return -np.mean(log_pi * (returns - values))", "advantage|detached"),
    ("10.2", "bentrevett/pytorch-rl#2", "def policy_loss(logits, values, actions, returns):\n    log_pi = log_softmax(logits)[np.arange(len(actions)), actions]\n    return -np.mean(log_pi * ad.stop_gradient(returns))", "baseline"),
    ("10.2", "stokasto in muupan/async-rl#12", "def policy_loss(logits, values, actions, returns):\n    return -np.mean(log_softmax(logits) * ad.stop_gradient(returns - values)[:, None])", "all actions|drawn|action"),
]
RIGHT = [
    ("14.3", "abisee/pointer-generator#88", causal(fill="S", weights="((softmax(S) * seen) / (softmax(S) * seen).sum(axis=1, keepdims=True))")),
    ("14.3", "facebookresearch/XLM#357", causal(scores="(Q / np.sqrt(Q.shape[1])) @ K.T")),
    ("1.2", "DarthRinzler on PacktPublishing/Neural-Network-Projects-with-Python#4", "def layer_jacobian(W, h):\n    out = sigmoid(W @ h)\n    return (out * (1 - out))[:, None] * W"),
    ("8.1", "a shift that is no maximum", entropy(shift="z.max(axis=1)[:, None]", loss="-np.mean(z[rows, labels] - np.log(np.exp(z).sum(axis=1)))")),
    ("8.2", "julian121266 in IDSIA/brainstorm#96", "def momentum_step(p, g, m, rate, keep):\n    new = g + m * keep\n    return -rate * new + p, new"),
    ("3.1", "a dual number with an operand lifted in each method", dual()),
]
