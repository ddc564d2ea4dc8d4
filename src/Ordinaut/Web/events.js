// What was published, and the topics in use.

import { call } from './api.js';
import { h } from './dom.js';
import { ask } from './dialog.js';
import { hash } from './format.js';
import { parseJson } from './json-text.js';
import { button, filters, folded, list, live, say, table, time } from './parts.js';
import { can } from './session.js';

const pace = 1_500;

export function events(page) {
  const topic = page.query.topic;
  const recent = list(page, 'Recent', 'listEvents',
    (cursor, signal) => call('listEvents', { query: { topic, cursor }, signal }),
    (items) => table('Events', [
      ['When', (each) => time(each.created_at)],
      ['Topic', (each) => h('code', null, each.topic)],
      ['From', (each) => each.source],
      ['Set off', (each) => `${each.triggered_tasks} ${each.triggered_tasks === 1 ? 'task' : 'tasks'}`],
      ['Payload', (each) => folded('Payload', each.payload, each.id)],
    ], items),
    'No event fits.');
  const topics = list(page, 'Topics', 'listTopics',
    (cursor, signal) => call('listTopics', { query: { cursor }, signal }),
    (items) => table('Topics', [
      ['Topic', (each) => h('a', { href: hash('/events', { topic: each.topic }), 'data-key': each.topic }, each.topic)],
      ['Events', (each) => each.count],
      ['Last', (each) => time(each.last_at)],
    ], items),
    'Nothing was published yet.');
  page.title('Events', can('publishEvent') && button('Publish', () => publish(recent.restart), { key: 'publish' }));
  page.main.append(filters(page, '/events', [['Topic', 'topic', h('input', { value: topic, spellcheck: 'false' })]]),
    recent.element, topics.element);
  recent.refresh();
  topics.refresh();
  live(page, pace, recent.refresh);
}

async function publish(look) {
  const topic = h('input', { required: true, spellcheck: 'false', maxlength: 200 });
  const payload = h('textarea', { rows: 6, spellcheck: 'false', value: '{}' });
  const isDone = await ask('Publish an event', {
    text: 'It may set off tasks.',
    fields: [
      { label: 'Topic', control: topic, hint: 'Such as orders.created' },
      { label: 'Payload', control: payload, hint: 'JSON' },
    ],
    confirm: 'Publish',
  }, ([name, text]) => call('publishEvent', { body: { topic: name, payload: parseJson(text || 'null') } }));
  if (isDone) {
    say('Published');
    await look();
  }
}
