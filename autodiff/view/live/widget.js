// The widget: the live picture in an element of the notebook, its questions as messages.
export default {
  render({ model, el }) {
    const waiting = new Map();
    let number = 0;
    model.on("msg:custom", ({ number, reply }) => {
      const answer = waiting.get(number);
      waiting.delete(number);
      if (answer) answer(reply);
    });
    const root = document.createElement("div");
    root.className = "ad-player";
    root.dataset.lmSuppressShortcuts = "true";
    el.append(root);
    live({ ...model.get("record"), root }, (request, answer) => {
      number += 1;
      waiting.set(number, answer);
      model.send({ number, request });
    });
  },
};
