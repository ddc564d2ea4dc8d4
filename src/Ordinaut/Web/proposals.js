// Tasks, and edits of tasks, that agents wrote and somebody else must approve: what they would change and do. A
// decision names the digest of what was on the page.

import { call } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { taskLink } from './names.js';
import { button, facts, folded, json, list, say, table, time } from './parts.js';
import { may } from './session.js';
import { occurrences } from './task.js';

export function proposals(page) {
  const found = list(page, 'Proposed tasks', 'tasks:read',
    (cursor, signal) => call('listProposals', { query: { cursor }, signal }),
    (items) => items.map((item) => proposal(item, found.restart)),
    'Nothing is proposed.');
  return found;
}

function proposal(item, look) {
  return h('article', { class: 'card', 'aria-labelledby': `proposal-${item.task_id}` },
    h('h3', { id: `proposal-${item.task_id}` }, item.title, ' ',
      h('span', { class: 'badge' },
        item.approved_version === null ? 'new task' : `edit of version ${item.approved_version}`)),
    h('p', { class: 'words' }, item.schedule_description),
    item.any_host && h('p', { class: 'note' }, 'A step takes an address from elsewhere: it could call any host.'),
    facts([
      ['Task', taskLink(item.task_id, item)],
      ['Proposed', time(item.proposed_at, item.timezone)],
      ['Proposed by', h('code', null, item.proposed_by)],
      ['Runs with the rights of', h('code', null, item.owner_id)],
      ['Hosts', item.hosts.join(', ')],
      ['Scopes', item.scopes.join(' ')],
      ['Fires on its busiest day', item.fires_per_day],
      ['Cost of that day', item.cost_per_day],
      ['Model tokens a day, at most', item.tokens_per_day],
      ['Digest', h('code', null, item.digest)],
    ]),
    tools(item),
    changes(item),
    h('details', { 'data-key': `next-${item.task_id}` }, h('summary', null, 'The next five, if approved now'),
      occurrences({ occurrences: item.next, timezone: item.timezone })),
    item.not_automatic.length > 0 && folded('Why no rule approves it', item.not_automatic, `rules-${item.task_id}`),
    may('approvals:decide') && h('div', { class: 'actions' },
      button('Approve task', () => decide(item, 'approveTask', 'Approve', look),
        { kind: 'main', key: `approve-${item.task_id}` }),
      button('Reject task', () => decide(item, 'rejectTask', 'Reject', look),
        { kind: 'grave', key: `reject-${item.task_id}` })));
}

function tools(item) {
  return table(`Tools of ${item.title}`, [
    ['Tool', (tool) => h('code', null, tool.name)],
    ['Repeating it is', (tool) => tool.effect],
    ['Needs', (tool) => tool.scopes.join(' ') || '–'],
    ['Cost of a call', (tool) => tool.cost ?? '–'],
  ], item.tools);
}

/** A new task as a whole; of an edit, each place with what is there and what would be. */
function changes(item) {
  if (item.approved_version === null) {
    return json(Object.fromEntries(item.changes.map((each) => [each.path, each.after])), `All that ${item.title} says`);
  }
  return table(`Changes of ${item.title}`, [
    ['Change', (each) => [each.op, ' ', h('code', null, each.path)]],
    ['Before', (each) => each.op === 'add' ? '–' : json(each.before, `${each.path} before`)],
    ['After', (each) => each.op === 'remove' ? '–' : json(each.after, `${each.path} after`)],
  ], item.changes);
}

async function decide(item, name, verb, look) {
  const control = h('textarea', { rows: 2, maxlength: 200 });
  const isDone = await ask(`${verb}: ${item.title}`, {
    text: name === 'approveTask' ? 'It fires as its schedule says.' : 'A new task is canceled, an edit dropped.',
    fields: [{ label: 'Comment', control, hint: 'For the record; may stay empty.' }],
    confirm: verb,
    isGrave: name !== 'approveTask',
  }, ([comment]) =>
    call(name, { path: { id: item.task_id }, body: { digest: item.digest, ...(comment ? { comment } : {}) } }));
  if (isDone) {
    say(`${verb}: done`);
    await look();
  }
}
