// What runs ask people, and the answers. A decision names the digest of what was on the page: if the question is
// another by then, the server refuses it.

import { call, words } from './api.js';
import { decide } from './dialog.js';
import { h } from './dom.js';
import { runLink, taskLink, tasksOf } from './names.js';
import { badge, button, choice, facts, filters, json, list, live, time } from './parts.js';
import { proposals } from './proposals.js';
import { can } from './session.js';

const pace = { live: 1_500, idle: 15_000 };

const comment = { rows: 3, maxlength: 2000, hint: 'For the record and the run; may stay empty.' };

export function approvals(page) {
  page.title('Approvals');
  const state = page.query.state ?? 'pending';
  const proposed = proposals(page);
  const found = list(page, 'What runs ask', 'listApprovals',
    (cursor, signal) => call('listApprovals', { query: { state, cursor }, signal }),
    async (items) => {
      const tasks = await tasksOf(items);
      return items.map((item) => question(item, tasks.get(item.task_id), found.restart));
    },
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
  live(page, pace.live, look);
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
    item.state === 'pending' && h('div', { class: 'actions' },
      decision('Approve', 'approveApproval', 'main', 'The run goes on.'),
      decision('Reject', 'rejectApproval', 'grave', 'The step fails.')));

  function decision(verb, name, kind, text) {
    const act = () => decide(name, item, { verb, text, isGrave: kind === 'grave', comment }, look);
    return can(name) && button(verb, act, { kind, key: `${verb}-${item.id}` });
  }
}
