// The ways to steer a task. Which of them the server allows it says itself; here only those are offered that could be.

import { call } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { hash } from './format.js';
import { parseJson } from './json-text.js';
import { button, problem, say } from './parts.js';
import { can } from './session.js';

/** Offered delays, in seconds. */
const delays = [['10 minutes', 600], ['1 hour', 3_600], ['4 hours', 14_400], ['1 day', 86_400], ['7 days', 604_800]];

export function actions(task, told, look) {
  const isOpen = task.status === 'active' || task.status === 'paused';
  const act = (label, name, question) => can(name) && button(label, async () => {
    told.replaceChildren();
    if (await ask(`${label}: ${task.title}`, { confirm: label, ...question }, (values) =>
      call(name, { path: { id: task.id }, body: question.body(values) }))) {
      say(`${label}: done`);
      look();
    }
  }, { kind: question.kind, key: name, fail: (error) => told.replaceChildren(problem(error)) });
  const steering = (isOpen || task.status === 'proposed') && [
    task.status === 'active' ? act('Pause', 'pauseTask', reason('Nothing fires until it is resumed.')) : null,
    task.status === 'paused' ? act('Resume', 'resumeTask', reason('It fires again as its schedule says.')) : null,
    task.status === 'active' ? act('Snooze', 'snoozeTask', snooze()) : null,
    can('replaceTask') && h('a', { class: 'button', href: hash(`/tasks/${task.id}/edit`), 'data-key': 'edit' }, 'Edit'),
    act('Cancel task', 'cancelTask',
      { ...reason('The task and its unfinished runs end for good.'), isGrave: true, kind: 'grave' }),
  ];
  return h('div', { class: 'actions' }, isOpen && act('Run now', 'runTask', runNow()), steering);
}

function reason(text) {
  const control = h('input', { maxlength: 200 });
  return {
    text,
    fields: [{ label: 'Reason', control, hint: 'Kept in the audit log; may stay empty.' }],
    body: ([said]) => (said ? { reason: said } : undefined),
  };
}

function snooze() {
  const control = h('select', null, delays.map(([name, seconds]) => h('option', { value: seconds }, name)));
  const why = h('input', { maxlength: 200 });
  return {
    text: 'The next occurrence is put off.',
    fields: [{ label: 'By', control }, { label: 'Reason', control: why, hint: 'Shown by "why"; may stay empty.' }],
    body: ([seconds, said]) => ({ delay_seconds: Number(seconds), ...(said ? { reason: said } : {}) }),
  };
}

function runNow() {
  const control = h('textarea', { rows: 4, spellcheck: 'false' });
  return {
    kind: 'main',
    text: 'One run starts at once, beside the schedule.',
    fields: [{ label: 'Params', control, hint: 'JSON, merged over the task’s own for this run; may stay empty.' }],
    body: ([text]) => (text.trim() ? { params: parseJson(text) } : undefined),
  };
}
