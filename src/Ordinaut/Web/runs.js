// All runs, filtered, by pages.

import { call, words } from './api.js';
import { h } from './dom.js';
import { between } from './format.js';
import { runLink, taskLink, tasksOf } from './names.js';
import { badge, choice, filters, list, table, time } from './parts.js';

export function runs(page) {
  page.title('Runs');
  const { task_id: taskId, state, success, trigger, since, until } = page.query;
  const found = list(page, null, 'listRuns',
    (cursor, signal) => {
      const query = { task_id: taskId, state, success, trigger, since: instant(since), until: instant(until), cursor };
      return call('listRuns', { query, signal });
    },
    async (items) => table('Runs', columns(await tasksOf(items)), items),
    'No run fits.');
  page.main.append(
    filters(page, '/runs', [
      ['State', 'state', choice(words['listRuns.state'], state, 'any')],
      ['Succeeded', 'success', yesOrNo(success)],
      ['Trigger', 'trigger', choice(words['listRuns.trigger'], trigger, 'any')],
      ['Made since (your time)', 'since', h('input', { type: 'datetime-local', value: since })],
      ['Made before (your time)', 'until', h('input', { type: 'datetime-local', value: until })],
      ['Task id', 'task_id', h('input', { value: taskId, spellcheck: 'false' })],
    ]),
    found.element,
  );
  found.refresh();
}

function columns(tasks) {
  const zone = (run) => tasks.get(run.task_id)?.timezone;
  return [
    ['Run', (run) => [runLink(run.id), ' ', badge(run.state)]],
    ['Task', (run) => taskLink(run.task_id, tasks.get(run.task_id))],
    ['Scheduled for', (run) => time(run.scheduled_for, zone(run))],
    ['Trigger', (run) => run.trigger],
    ['Attempt', (run) => run.attempt],
    ['Took', (run) => run.started_at && run.finished_at ? between(run.started_at, run.finished_at) : '–'],
    ['Error', (run) => run.error?.message ?? '–'],
  ];
}

function yesOrNo(chosen) {
  return h('select', null, [['', 'any'], ['true', 'yes'], ['false', 'no']].map(([value, text]) =>
    h('option', { value, selected: value === chosen }, text)));
}

/** What a date field holds, as the API takes it; nonsense goes through, for the server to refuse in its words. */
function instant(local) {
  const date = new Date(local ?? '');
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}
