// Questions that stand before the page until they are answered.

import { call } from './api.js';
import { h } from './dom.js';
import { field, problem, say } from './parts.js';

/**
 * Asks and acts: the fields' values go to the action; what fails is told in the dialog, which stays. Resolves to the
 * action's answer, to null when the person thought better of it.
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
    let answer = null;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        answer = await action(fields.map(({ control }) => control.value));
        dialog.close();
      } catch (error) {
        told.replaceChildren(problem(error));
        send.disabled = false;
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Approves or rejects what was on the page: if that is something else by now, its digest has the server refuse. */
export async function decide(name, { id, title, digest }, { verb, text, isGrave, comment }, look) {
  const { hint, ...size } = comment;
  const answer = await ask(`${verb}: ${title}`, {
    text,
    fields: [{ label: 'Comment', control: h('textarea', size), hint }],
    confirm: verb,
    isGrave,
  }, ([said]) => call(name, { path: { id }, body: { digest, ...(said ? { comment: said } : {}) } }));
  if (answer) {
    say(`${verb}: done`);
    await look();
  }
}
