"""A live page is told only what changed, and draws only that: it shows what a full answer says."""

import json

import numpy as np
import pytest
from browsers import needs_browser, start

from autodiff.core.language.display.grids import COLUMNS, ROWS, _patches
from autodiff.view.live.session import Session, _told_of
from autodiff.view.live.widget import live
from autodiff.view.pictures.pages.page import asset
from autodiff.view.records.given import subject_of
from autodiff.view.words.tiles import tiles


def network(x, W, b):
    h = np.tanh(W @ x + b)
    z = np.where(h > 0, h, 0.1 * h)
    large = np.outer(np.concatenate([z, x, z]), np.arange(20.0))
    return np.sum(large**2) + np.sum(np.log(b**2 + 1))


ARGS = np.array([0.3, -0.2, 0.9]), np.eye(3) - 0.4, np.array([1.0, 2.0, 3.0])


def merged(before, reply):
    """What a page knows after a reply, as `panel.js` puts it together."""
    follows = reply["since"] and reply["since"] == before.get("number")
    runs = [dict(run) for run in before["runs"]] if follows else []
    made = []
    for place, run in enumerate(reply["runs"]):
        known = {key: dict(own) for key, own in (runs[place] if place < len(runs) else {}).items()}
        for key, own in run.items():
            known.setdefault(key, {})
            for kind, told in own.items():
                known[key][kind] = told
                if told is None:
                    del known[key][kind]
        made.append(known)
    return {"number": reply["number"], "runs": made}


@pytest.mark.parametrize("seed", range(10))
def test_changes_put_together_are_the_whole_answer(seed):
    rng = np.random.default_rng(seed)
    subject = subject_of(network, ARGS)
    session, other = Session(subject), Session(subject_of(network, ARGS))
    edges = [e.key for e in session.graph.edges if e.source.equation is not None]
    inner = [n.key for n in session.graph.nodes if n.equation is not None]
    page = {"number": None, "runs": []}
    for _ in range(8):
        place = int(rng.integers(3))
        entry = str(int(rng.integers(ARGS[place].size)))
        request = {"inputs": {str(place): {"entries": {entry: float(rng.normal())}}}}
        if rng.random() < 0.4:
            request["hold"] = {inner[rng.integers(len(inner))]: float(rng.normal())}
            request["cut"] = [edges[rng.integers(len(edges))]]
        reply = session.answer(request | {"seen": page["number"]})
        json.dumps(reply, allow_nan=False)
        page = merged(page, reply)
        assert page["runs"] == merged({"runs": []}, other.answer(request))["runs"]
        if "picture" in reply:  # what is held or cut is let go there
            continue
        again = session.answer(request | {"seen": page["number"]})
        assert again["runs"] == [{}] * len(page["runs"])
        page = merged(page, again)


def test_a_page_that_has_seen_something_else_is_told_all():
    session = Session(subject_of(network, ARGS))
    first = session.answer({})
    session.answer({"inputs": {"0": {"entries": {"0": 2.0}}}, "seen": first["number"]})
    reply = session.answer({"seen": first["number"]})
    assert reply["since"] == 0
    assert reply["runs"] == first["runs"]


@pytest.mark.parametrize("shape", [(10, 16), (11, 17), (25, 3), (3, 40), (64, 64), (23, 33)])
def test_a_patch_is_the_entry_that_is_largest_in_size(shape):
    rng = np.random.default_rng(shape)
    panel = rng.normal(size=shape)
    found = _patches(panel)
    blocks = [
        np.array_split(np.arange(n), min(n, m)) for n, m in zip(shape, (ROWS, COLUMNS), strict=True)
    ]
    for i, rows in enumerate(blocks[0]):
        for j, columns in enumerate(blocks[1]):
            block = panel[np.ix_(rows, columns)]
            assert found[i, j] == block.flat[np.argmax(np.abs(block))]


@pytest.mark.timed
def test_an_answer_about_120_arrays_takes_python_less_than_60_ms():
    import time

    def deep(x, W):
        h = x
        for _ in range(60):
            h = np.tanh(W @ h)
        return np.sum(h)

    session = Session(subject_of(deep, (np.ones(5), np.eye(5) * 0.9)))
    session.answer({})
    took = []
    for place in range(9):
        begin = time.process_time()
        reply = session.answer({"inputs": {"0": {"entries": {"0": 1.0 + place}}}})
        json.dumps(reply)
        took.append(time.process_time() - begin)
    assert sorted(took)[4] < 0.06


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    pytest.importorskip("selenium", reason="selenium is not installed")
    driver = start(tmp_path_factory.mktemp("browser"))
    driver.get("about:blank")
    yield driver
    driver.quit()


@needs_browser
def test_the_page_writes_numbers_as_python_does(page):
    rng = np.random.default_rng(0)
    shapes = [(2,), (5,), (2, 3), (6, 6), (2, 3, 4), (3, 1)]
    arrays = [rng.normal(size=s) * 10.0 ** rng.integers(-12, 12, size=s) for s in shapes * 8]
    arrays += [np.zeros(3), np.ones((4, 4)), -np.ones(2), np.array([0.00012345, 99999.0, -0.0])]
    sent = [_told_of(array) for array in arrays]
    script = f"{asset('live', 'panel.js')} return arguments[0].map(([words, own]) => asTiles(words, own.numbers))"
    for array, (words, found) in zip(arrays, page.execute_script(script, sent), strict=True):
        wanted = tiles(array)
        told = [(e[0], round(e[1], 3)) for p in wanted["panels"] for row in p for e in row]
        seen = [(e[0], round(e[1], 3)) for p in found["panels"] for row in p for e in row]
        assert [t[0] for t in told] == [s[0] for s in seen]
        np.testing.assert_allclose([t[1] for t in told], [s[1] for s in seen], atol=2e-3)
        if array.size <= 6:
            assert words == wanted["range"] == found["range"]
        else:
            assert [float(w.replace("all ", "")) for w in words.split(" .. ")] == [
                float(w.replace("all ", "")) for w in wanted["range"].split(" .. ")
            ]


@needs_browser
def test_a_picture_drawn_over_is_the_picture_drawn_anew(page, tmp_path):
    page.get(f"file://{live(network, *ARGS).save(str(tmp_path / 'live.html'))}")
    session = Session(subject_of(network, ARGS))
    first = session.answer({})
    second = session.answer({"inputs": {"0": {"scale": -2.0}}, "seen": first["number"]})
    record = {"id": "own", "title": "f", "css": "", "session": "own"} | session.picture("own")
    code = "\n".join(
        asset(*own)
        for own in (
            ("pictures.pages", "common.js"),
            ("pictures.pages", "in_page.js"),
            ("live", "panel.js"),
            ("live", "live.js"),
        )
    )
    script = f"""{code}
      const [record, replies] = arguments, root = make("div", {{ class: "ad-player" }});
      document.body.append(root);
      let answer;
      live({{ ...record, root }}, (request, then) => {{ answer = then; }});
      return new Promise((done) => setTimeout(() => {{
        for (const reply of replies) {{ const then = answer; then(reply); }}
        setTimeout(() => done([...root.querySelectorAll("[data-slot] text, [data-slot] rect, .ad-table td")].map((own) => own.textContent + (own.getAttribute("fill") || own.style.background))), 400);
      }}, 100)); """
    over = page.execute_script(script, record, [first, second])
    whole = Session(subject_of(network, ARGS)).answer({"inputs": {"0": {"scale": -2.0}}})
    anew = page.execute_script(script, record, [whole])
    assert len(over) > 50
    assert over == anew
