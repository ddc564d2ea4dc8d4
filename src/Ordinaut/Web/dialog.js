// Questions that stand before the page until they are answered.

import { h } from './dom.js';
import { field, problem } from './parts.js';

/**
 * Asks and acts: the fields' values go to the action; what fails is told in the dialog, which stays. Resolves to true
 * when it was done, to false when the person thought better of it.
 */
export function ask(title, { text, fields = [], confirm, isGrave }, action) {
  return new Promise((resolve) => {
    const told = h('div', null);
    const send = h('button', { class: isGrave ? 'grave' : 'main' }, confirm);
    const form = h('form', { method: 'dialog' },
      h('h2', { id: 'dialog-title' }, title),
      text && h('p', null, text),
      fields.map(({ label, control, hint }) => field(label, control, hint)),
      told,
      h('div', { class: 'actions' }, send, h('button', { type: 'button', click: () => dialog.close() }, 'Back')));
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
    let isDone = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        await action(fields.map(({ control }) => control.value));
        isDone = true;
        dialog.close();
      } catch (error) {
        told.replaceChildren(problem(error));
        send.disabled = false;
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
