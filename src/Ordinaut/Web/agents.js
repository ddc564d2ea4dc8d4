// Who may act: agents, their scopes and secrets.

import { call } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { badge, button, json, list, table, time } from './parts.js';
import { can, who } from './session.js';

/** What an assistant that schedules things needs. */
const usualScopes = 'tasks:create tasks:read tasks:update tasks:run runs:read tools:use';

export function agents(page) {
  const secret = h('div', { 'aria-live': 'polite' });
  const found = list(page, null, 'listAgents',
    (cursor, signal) => call('listAgents', { query: { cursor }, signal }),
    (items) => table('Agents', [
      ['Agent', (each) => [each.name, h('br'), h('code', null, each.id)]],
      ['Status', (each) => badge(each.status)],
      ['Scopes', (each) => each.scopes.map((scope) => h('span', { class: 'tag' }, scope))],
      ['Its tasks', (each) => each.tasks_need_approval ? 'wait for approval' : 'fire at once'],
      ['Weight', (each) => each.weight],
      ['Made', (each) => time(each.created_at)],
      ['', (each) => steering(each, secret, found.restart)],
    ], items),
    'There is none.');
  page.title('Agents',
    can('createAgent') && button('New agent', () => create(secret, found.restart), { key: 'new' }));
  page.main.append(secret, found.element);
  found.refresh();
}

function steering(agent, secret, look) {
  const isActive = agent.status === 'active';
  const verb = isActive ? 'Stop' : 'Start';
  const mine = agent.id === who().agent_id;
  return h('div', { class: 'actions' },
    button('New secret', () => issue(agent, secret), { key: `secret-${agent.id}` }),
    !mine && button(verb, async () => {
      const control = h('input', { maxlength: 200 });
      const changed = await ask(`${verb}: ${agent.name}`, {
        text: isActive ? 'Its tokens end, its runs are canceled, and nothing of it fires.' : 'It may act again.',
        fields: [{ label: 'Reason', control, hint: 'Kept in the audit log; may stay empty.' }],
        confirm: verb,
        isGrave: isActive,
      }, ([reason]) =>
        call(isActive ? 'stopAgent' : 'startAgent', { path: { id: agent.id }, body: reason ? { reason } : undefined }));
      if (changed) {
        await look();
      }
    }, { key: `status-${agent.id}` }));
}

async function issue(agent, secret) {
  const given = await ask(`New secret for ${agent.name}`, {
    text: 'The old secret and all of its tokens end at once.',
    confirm: 'Issue',
    isGrave: true,
  }, () => call('issueAgentCredentials', { path: { id: agent.id } }));
  if (given) {
    secret.replaceChildren(h('div', { class: 'note' },
      h('p', null, `The secret of ${agent.name}, shown this once:`),
      json(given, `Secret of ${agent.name}`),
      h('button', { type: 'button', click: () => secret.replaceChildren() }, 'Put away')));
    secret.querySelector('pre').focus();
  }
}

async function create(secret, look) {
  const name = h('input', { required: true, maxlength: 100 });
  const scopes = h('input', { value: usualScopes, spellcheck: 'false' });
  const made = await ask('New agent', {
    fields: [{ label: 'Name', control: name }, { label: 'Scopes', control: scopes, hint: 'Separated by spaces.' }],
    confirm: 'Create',
  }, ([title, text]) => call('createAgent', { body: { name: title, scopes: text.split(/\s+/).filter(Boolean) } }));
  if (made) {
    await look();
    await issue(made, secret);
  }
}
