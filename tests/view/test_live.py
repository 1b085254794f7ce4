"""Live runs: other inputs, values held and edges cut give what the program written so would give.

Random programs are run again with other inputs, a value held, an edge cut: compared with `ad.grad`,
with differences at the held value, and with what the cut edge had carried.  What a page computes
by itself is compared with what Python answers.
"""

import json

import numpy as np
import pytest
from browsers import needs_browser, start

import autodiff as ad
from autodiff.core.language.dispatch import ground
from autodiff.course.web.runner import Runner
from autodiff.view.live.again import again, swept
from autodiff.view.live.panel import panel_record
from autodiff.view.live.session import Session
from autodiff.view.live.widget import answer, live
from autodiff.view.pictures.pages.page import asset
from autodiff.view.records.given import subject_of
from autodiff.view.records.subject import ViewError

UNARY = (np.sin, np.tanh, np.exp, lambda v: v**2, lambda v: 0.5 * v + 1)
BINARY = (np.add, np.multiply, np.subtract, np.maximum, lambda a, b: a / (b**2 + 1))


def random_program(rng, size=7):
    """A program as a list of (function, places of its operands)."""
    steps = []
    for place in range(2, 2 + size):
        if rng.random() < 0.5:
            steps.append((UNARY[rng.integers(len(UNARY))], (int(rng.integers(place)),)))
        else:
            pair = (int(rng.integers(place)), place - 1)
            steps.append((BINARY[rng.integers(len(BINARY))], pair))
    return steps


def run(steps, inputs):
    """The program as NumPy; it reads both inputs."""
    values = list(inputs)
    for function, operands in steps:
        values.append(function(*(values[i] for i in operands)))
    return np.sum(values[-1] * (values[-2] + 1.5) + 0.1 * values[0] * values[1])


@pytest.mark.parametrize("seed", range(25))
def test_what_if_is_the_program_written_so(seed):
    rng = np.random.default_rng(seed)
    steps = random_program(rng)
    shape = [(), (3,), (2, 2)][seed % 3]
    x, w, x2 = rng.normal(size=(3, *shape))
    f = lambda x, w: run(steps, (x, w))
    session = Session(subject_of(f, (x, w)))
    subject = session.first
    by_input = {e: k for k, e in enumerate(subject.inputs)}
    made = again(subject.program, {subject.inputs[0]: x2})
    fresh = swept(subject, made)
    wanted = ad.grad(f, argnums=(0, 1))(x2, w)
    for equation, place in by_input.items():
        found = fresh.adjoints.get(equation, 0.0)
        np.testing.assert_allclose(ground(found), wanted[place], rtol=1e-12, atol=1e-14)
    tangent = ad.jvp(f, (x2, w), (np.ones(shape)[()], np.zeros(shape)[()]))[1]
    found = fresh.tangents.get(subject.target, 0.0)
    np.testing.assert_allclose(ground(found), tangent, rtol=1e-12, atol=1e-14)

    # a value held: the same as writing that value there
    inner = [e for e in subject.program if e.op is not None and e is not subject.target]
    held = inner[rng.integers(len(inner))]
    value = rng.normal(size=np.shape(ground(held.value)))[()]
    what = swept(subject, again(subject.program, held={held: value}))
    replayed = again(subject.program, {}, {held: value})
    assert replayed[held].op is None
    without = [e for e in subject.program if e is not held]
    assert all(replayed[e].op is e.op for e in without)
    numeric = []
    for sign in (1, -1):  # the derivative at the held value, by differences
        shifted = again(subject.program, held={held: value + sign * 1e-6})
        numeric.append(float(ground(shifted[subject.target].value)))
    slope = np.sum(ground(what.adjoints.get(held, 0.0)))
    assert slope == pytest.approx((numeric[0] - numeric[1]) / 2e-6, rel=1e-5, abs=1e-7)

    # an edge cut: the value stays, and its share of the derivative is gone
    uses = [(e, k) for e in inner for k, i in enumerate(e.inputs) if i in set(subject.program)]
    use = uses[rng.integers(len(uses))]
    less = swept(subject, again(subject.program, cut={use}))
    whole = swept(subject, again(subject.program))
    assert np.array_equal(ground(less.values[subject.target]), ground(whole.values[subject.target]))
    source = use[0].inputs[use[1]]
    ct = whole.adjoints.get(use[0])
    if ct is not None:
        e = use[0]
        share = e.op.vjp(use[1], ct, e.value, e.primals, e.params)
        share = 0.0 if share is None else np.sum(ground(share))
        before = np.sum(ground(whole.adjoints.get(source, 0.0)))
        after = np.sum(ground(less.adjoints.get(source, 0.0)))
        assert before - after == pytest.approx(share, rel=1e-9, abs=1e-12)


def test_edges_cut_in_the_function_are_what_stop_gradient_cuts():
    def f(x):
        a = x * x
        b = np.sin(a)
        return a * b

    def cut(x):
        a = x * x
        b = np.sin(ad.stop_gradient(a))
        return a * b

    session = Session(subject_of(f, (0.7,)))
    edge = next(e for e in session.graph.edges if e.target.name == "b")
    reply = session.answer({"cut": [edge.key]})
    assert float(reply["runs"][1]["n1"]["adjoint"][0]) == pytest.approx(ad.grad(cut)(0.7), rel=1e-3)
    assert reply["runs"][1]["n1"]["tangent"][0] == "1"


def test_containers_are_put_together_again_and_constants_stay():
    def f(p, n, x):
        h = np.tanh(p["W"] @ x + p["layers"][0]["b"])
        return np.sum(h) * n

    p = {"W": np.ones((2, 3)), "layers": [{"b": np.zeros(2), "name": "first"}]}
    session = Session(subject_of(f, (p, 3, np.arange(3.0))))
    names = [own["name"] for own in session.picture("p")["inputs"]]
    place = names.index("x")
    reply = session.answer({"inputs": {str(place): {"scale": 2.0, "entries": {"1": -1.0}}}})
    graph = ad.steps(f, p, 3, np.array([0.0, -1.0, 4.0])).graph
    told = reply["runs"][0][graph.nodes[-1].key]["value"][0]
    assert float(told) == pytest.approx(float(graph.nodes[-1].value), rel=1e-3)


def branch(x, w):
    y = x * w if x > 0 else np.exp(x) - w
    return y


def test_where_the_program_takes_another_way_there_is_another_picture():
    session = Session(subject_of(branch, (1.0, 2.0)))
    same = session.answer({"inputs": {"0": {"entries": {"0": 3.0}}}})
    assert "picture" not in same
    other = session.answer({"inputs": {"0": {"entries": {"0": -1.0}}}, "hold": {"n3": 0.0}})
    assert "exp" in other["picture"]["svg"]
    assert "nothing is held" in other["words"]
    assert float(other["runs"][0]["n4"]["value"][0]) == pytest.approx(branch(-1.0, 2.0), rel=1e-3)
    back = session.answer({"inputs": {"0": {"entries": {"0": 3.0}}}})
    assert "picture" in back


def test_an_error_of_the_function_is_said_and_the_next_answer_comes():
    def picky(x):
        if x > 2:
            raise ValueError("too large for me")
        return x * x

    session = Session(subject_of(picky, (1.0,)))
    assert session.answer({"inputs": {"0": {"entries": {"0": 3.0}}}})["words"].endswith("for me")
    assert session.answer({})["runs"][0]["n2"]["value"][0] == "1"


def test_answers_are_strict_json_also_for_what_is_not_finite():
    session = Session(subject_of(lambda x: np.sum(np.log(x)), (np.array([1.0, 2.0]),)))
    reply = session.answer({"inputs": {"0": {"entries": {"0": 0.0, "1": -1.0}}}})
    json.dumps(reply, allow_nan=False)


def test_a_program_too_large_is_refused():
    def long(x):
        for _ in range(200):
            x = np.sin(x)
        return x

    with pytest.raises(ViewError, match="at most 150"):
        live(long, 1.0)


def test_a_tab_with_python_is_answered_by_its_session(monkeypatch):
    import sys

    monkeypatch.setattr(sys, "platform", "emscripten")
    html = live(branch, 1.0, 2.0)._repr_mimebundle_()["text/html"]
    monkeypatch.undo()
    name = html.split('"session":"')[1].split('"')[0]
    assert answer(name, {})["runs"][0]["n3"]["value"][0] == "2"
    reply = json.loads(Runner().answer(name, '{"inputs": {"0": {"entries": {"0": 5}}}}'))
    assert reply["runs"][0]["n3"]["value"][0] == "10"


# -- the page by itself ----------------------------------------------------------------------------


def neuron(x, w, b):
    z = w * x + b
    h = np.tanh(z)
    L = (h - 1) ** 2 + 0.1 * np.exp(-np.abs(w)) + np.maximum(x, 0.5) * np.sqrt(b + 3)
    return L


def chosen(x, w):
    return np.where(x > w, x * x, -x) * w


PROGRAMS = {
    "neuron": (neuron, (0.7, -1.2, 0.4)),
    "branch": (branch, (1.0, 2.0)),
    "chosen": (chosen, (1.0, 0.5)),
    "twice": (lambda x: x * x + 1 / x, (3.0,)),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    pytest.importorskip("selenium", reason="selenium is not installed")
    driver = start(tmp_path_factory.mktemp("browser"))
    driver.get("about:blank")
    yield driver
    driver.quit()


@needs_browser
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("seed", range(6))
def test_the_page_answers_as_python_does_or_says_that_it_can_not(page, name, seed):
    f, args = PROGRAMS[name]
    rng = np.random.default_rng(seed)
    subject = subject_of(f, args)
    session = Session(subject)
    data = panel_record(session.graph)
    assert data["trees"] is not None
    inputs = {str(k): {"entries": {"0": float(rng.normal())}} for k in range(len(args))}
    hold, cut = {}, []
    if seed % 2:
        hold = {data["nodes"][rng.integers(len(data["nodes"]))]["key"]: float(rng.normal())}
        cut = [data["edges"][rng.integers(len(data["edges"]))]["key"]]
    request = {"inputs": inputs, "hold": hold, "cut": cut, "along": int(rng.integers(len(args)))}
    here = page.execute_script(
        f"{asset('live', 'again.js')} return answerHere(arguments[0], arguments[1])", data, request
    )
    there = session.answer(request)
    if "picture" in there:
        assert "takes another way" in here["words"]
        return
    assert len(here["runs"]) == len(there["runs"])
    for one, other in zip(here["runs"], there["runs"], strict=True):
        for key, kinds in other.items():
            for kind, (words, _) in kinds.items():
                found = one[key].get(kind, ["0"])[0]
                assert float(found) == pytest.approx(float(words), rel=2e-3, abs=1e-9), (key, kind)
            assert {k for k, v in one[key].items() if float(v[0])} <= set(kinds)
