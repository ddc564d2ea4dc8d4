// What runs ask people, and the answers. A decision names the digest of what was on the page: if the question is
// another by then, the server refuses it.

import { call, words } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { follow, throttle } from './live.js';
import { runLink, taskLink, tasksOf } from './names.js';
import { badge, button, choice, facts, filters, json, list, say, time } from './parts.js';
import { proposals } from './proposals.js';
import { may } from './session.js';

const pace = { live: 1_500, idle: 15_000 };

export function approvals(page) {
  page.title('Approvals');
  const state = page.query.state ?? 'pending';
  const tasks = new Map();
  const proposed = proposals(page);
  const found = list(page, 'What runs ask', 'runs:read',
    async (cursor, signal) => {
      const answer = await call('listApprovals', { query: { state, cursor }, signal });
      (await tasksOf(answer.items)).forEach((task, id) => tasks.set(id, task));
      return answer;
    },
    (items) => items.map((item) => question(item, tasks.get(item.task_id), found.restart)),
    state === 'pending' ? 'Nothing waits for a person.' : 'There is none.');
  const states = choice(words['listApprovals.state'], state);
  page.main.append(proposed.element, found.element);
  found.element.querySelector('h2').after(filters(page, '/approvals', [['State', 'state', states]]));
  const look = () => {
    proposed.refresh();
    found.refresh();
  };
  look();
  page.every(pace.idle, look);
  if (may('runs:read events:read')) {
    follow('streamAll', {}, throttle(look, pace.live), page.signal);
  }
}

function question(item, task, look) {
  return h('article', { class: 'card', 'aria-labelledby': `title-${item.id}` },
    h('h3', { id: `title-${item.id}` }, item.title, ' ', badge(item.state)),
    item.message && h('p', { class: 'said' }, item.message),
    item.action !== null && [h('p', { class: 'quiet' }, 'What is to be done, as the task rendered it:'),
      json(item.action, `Action of ${item.title}`)],
    facts([
      ['Task', taskLink(item.task_id, task)],
      ['Run', [runLink(item.run_id), ` step ${item.step}`]],
      ['Asked', time(item.created_at, task?.timezone)],
      ['Expires', time(item.expires_at, task?.timezone)],
      ['Asked by', h('code', null, item.requested_by)],
      ['Digest', h('code', null, item.digest)],
      ['Decided', item.decided_at && time(item.decided_at, task?.timezone)],
      ['Decided by', item.decided_by && h('code', null, item.decided_by)],
      ['Comment', item.comment],
    ]),
    item.state === 'pending' && may('approvals:decide') && h('div', { class: 'actions' },
      decision('Approve', 'main', () => decide(item, 'approveApproval', 'Approve', look)),
      decision('Reject', 'grave', () => decide(item, 'rejectApproval', 'Reject', look))));

  function decision(verb, kind, action) {
    return button(verb, action, { kind, key: `${verb}-${item.id}` });
  }
}

async function decide(item, name, verb, look) {
  const control = h('textarea', { rows: 3, maxlength: 2000 });
  const isDone = await ask(`${verb}: ${item.title}`, {
    text: name === 'approveApproval' ? 'The run goes on.' : 'The step fails.',
    fields: [{ label: 'Comment', control, hint: 'For the record and the run; may stay empty.' }],
    confirm: verb,
    isGrave: name !== 'approveApproval',
  }, ([comment]) =>
    call(name, { path: { id: item.id }, body: { digest: item.digest, ...(comment ? { comment } : {}) } }));
  if (isDone) {
    say(`${verb}: done`);
    await look();
  }
}
