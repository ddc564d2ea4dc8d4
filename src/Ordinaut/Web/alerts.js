// What is wrong, or was; and what is waited for again and again.

import { call, words } from './api.js';
import { h } from './dom.js';
import { duration } from './format.js';
import { taskLink } from './names.js';
import { badge, button, choice, filters, list, say, table, time } from './parts.js';
import { can } from './session.js';

const pace = 15_000;

export function alerts(page) {
  const state = page.query.state ?? 'open';
  const found = list(page, 'What is wrong', 'listAlerts',
    (cursor, signal) => call('listAlerts', { query: { state, cursor }, signal }),
    (items) => table('Alerts', [
      ['Alert', (each) => [each.title, h('br'), h('span', { class: 'said' }, each.detail)]],
      ['State', (each) => badge(each.state)],
      ['Severity', (each) => each.severity],
      ['About', (each) => each.source],
      ['Since', (each) => time(each.since)],
      ['Resolved', (each) => time(each.resolved_at)],
      ['', (each) => each.state === 'firing' && can('acknowledgeAlert') && acknowledgement(each, found.restart)],
    ], items),
    state === 'open' ? 'Nothing is wrong.' : 'There is none.');
  const watched = monitors(page);
  page.title('Alerts', can('testAlert') && button('Send a test alert', () => test(found.restart), { key: 'test' }));
  page.main.append(found.element, watched.element);
  const states = choice(words['listAlerts.state'], state);
  found.element.querySelector('h2').after(filters(page, '/alerts', [['State', 'state', states]]));
  const look = () => {
    found.refresh();
    watched.refresh();
  };
  look();
  page.every(pace, look);
}

function monitors(page) {
  return list(page, 'Monitors', 'listMonitors',
    (cursor, signal) => call('listMonitors', { query: { cursor }, signal }),
    (items) => table('Monitors', [
      ['Monitor', (each) => each.name],
      ['State', (each) => badge(each.state)],
      ['Waits for', (each) => each.task_id ? taskLink(each.task_id) : 'a call from outside'],
      ['At least every', (each) => each.every_seconds === null ? 'as scheduled' : duration(each.every_seconds * 1_000)],
      ['Grace', (each) => duration(each.grace_seconds * 1_000)],
      ['Last word', (each) => time(each.heard_at)],
      ['Due', (each) => time(each.due_at)],
    ], items),
    'Nothing is watched.');
}

function acknowledgement(alert, look) {
  return button('Acknowledge', async () => {
    await call('acknowledgeAlert', { path: { id: alert.id } });
    say('Acknowledged');
    await look();
  }, { key: `acknowledge-${alert.id}` });
}

async function test(look) {
  await call('testAlert');
  say('A test alert was sent; its news is among the events.');
  await look();
}
