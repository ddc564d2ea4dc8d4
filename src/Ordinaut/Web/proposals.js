// Tasks, and edits of tasks, that agents wrote and somebody else must approve: what they would change and do. A
// decision names the digest of what was on the page.

import { call } from './api.js';
import { decide } from './dialog.js';
import { h } from './dom.js';
import { taskLink } from './names.js';
import { button, facts, folded, json, list, occurrences, table, time } from './parts.js';
import { can } from './session.js';

const comment = { rows: 2, maxlength: 200, hint: 'For the record; may stay empty.' };

export function proposals(page) {
  const found = list(page, 'Proposed tasks', 'listProposals',
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
    h('div', { class: 'actions' },
      decision('Approve', 'approveTask', 'main', 'It fires as its schedule says.'),
      decision('Reject', 'rejectTask', 'grave', 'A new task is canceled, an edit dropped.')));

  function decision(verb, name, kind, text) {
    const written = { id: item.task_id, title: item.title, digest: item.digest };
    const act = () => decide(name, written, { verb, text, isGrave: kind === 'grave', comment }, look);
    return can(name) && button(`${verb} task`, act, { kind, key: `${name}-${item.task_id}` });
  }
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
