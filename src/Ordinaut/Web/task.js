// One task: what it is, what comes, what became of each occurrence and why, and its runs.

import { call, taskSettings, words } from './api.js';
import { h } from './dom.js';
import { duration, percent } from './format.js';
import { remember, runLink } from './names.js';
import {
  badge, button, choice, facts, field, folded, list, live, occurrences, panel, problem, table, time,
} from './parts.js';
import { actions } from './task-actions.js';

const pace = { live: 1_500, idle: 15_000 };

export async function task(page) {
  page.title('Task');
  const parts = [];
  const look = () => parts.forEach((each) => each.refresh());
  const told = h('div', null);
  let zone = null;
  const head = panel(page, null, 'getTask',
    (signal) => read(page.id, signal),
    (shown) => {
      zone = shown.timezone;
      return describe(page, shown, told, look);
    });
  page.main.append(told, head.element);
  await head.refresh();
  if (!zone || page.signal.aborted) {
    return;
  }
  const { element, explain } = why(page, zone);
  parts.push(next(page), ledger(page, zone, explain), runs(page, zone), stats(page, zone));
  const [first, ...others] = parts.map((each) => each.element);
  page.main.append(first, element, ...others);
  look();
  parts.push(head);
  page.every(pace.idle, look);
  live(page, pace.live, look, ({ data }) => data?.task_id === page.id);
}

async function read(id, signal) {
  const shown = await call('getTask', { path: { id }, signal });
  remember(shown);
  return shown;
}

function describe(page, shown, told, look) {
  page.title(shown.title, badge(shown.status));
  const last = shown.last_run;
  return [
    h('p', { class: 'words' }, shown.schedule_description),
    shown.description && h('p', null, shown.description),
    shown.status === 'proposed' && h('p', { class: 'note' }, 'Nothing of it fires until somebody approves it, under ',
      h('a', { href: '#/approvals', 'data-key': 'approvals' }, 'Approvals'), '.'),
    actions(shown, told, look),
    facts([
      ['Next', time(shown.next_run_at, shown.timezone)],
      ['Snoozed until', shown.snoozed_until && time(shown.snoozed_until, shown.timezone)],
      ['Last run', last && [runLink(last.id, badge(last.state)), ' ', time(last.at, shown.timezone)]],
      ['Schedule', h('code', null, `${shown.schedule_kind} ${shown.schedule_expr ?? ''}`)],
      ['Tags', shown.tags.length > 0 ? shown.tags.map((tag) => h('span', { class: 'tag' }, tag)) : null],
      ['Owner', h('code', null, shown.created_by)],
      ['Id', h('code', null, shown.id)],
      ['Version', shown.version],
      ['Edited', time(shown.updated_at, shown.timezone)],
    ]),
    folded('Pipeline and params', shown.payload, 'payload'),
    folded('Settings', Object.fromEntries(taskSettings.map((name) => [name, shown[name]])), 'settings'),
  ];
}

function next(page) {
  return panel(page, 'The next five', 'listNextOccurrences',
    (signal) => call('listNextOccurrences', { path: { id: page.id }, query: { count: 5 }, signal }), occurrences);
}

function why(page, zone) {
  const at = h('input', { type: 'datetime-local', step: 1 });
  const answer = h('div', { 'aria-live': 'polite', tabindex: -1 });
  const explain = async (instant) => {
    try {
      const view = await call('explainTask', { path: { id: page.id }, query: { at: instant } });
      answer.replaceChildren(...explanation(view, zone));
    } catch (error) {
      answer.replaceChildren(problem(error));
    }
  };
  const form = h('form', { class: 'filters' },
    field('At (your time; now when empty)', at),
    h('button', null, 'Ask'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    explain(at.value ? new Date(at.value).toISOString() : null);
  });
  const element = h('section', null, h('h2', null, 'Why did it run, or not?'), form, answer);
  return {
    element,
    explain: async (instant) => {
      await explain(instant);
      answer.focus();
    },
  };
}

function explanation(view, zone) {
  return [
    h('p', { class: 'words' }, badge(view.outcome), ' ', view.explanation),
    facts([
      ['Asked about', time(view.at, zone)],
      ['Reason', view.reason],
      ['Run', view.occurrence?.run_id && runLink(view.occurrence.run_id)],
      ['Before', view.previous_at && time(view.previous_at, zone)],
      ['After', view.next_at && time(view.next_at, zone)],
    ]),
  ];
}

function ledger(page, zone, explain) {
  const outcome = choice(words['listOccurrences.outcome'], '', 'all');
  const found = list(page, 'What became of each occurrence', 'listOccurrences',
    (cursor, signal) => call('listOccurrences', {
      path: { id: page.id },
      query: { cursor, outcome: outcome.value, limit: 20 },
      signal,
    }),
    (items) => table('Occurrences', [
      ['Due', (line) => [
        time(line.scheduled_for, zone),
        line.through && h('p', { class: 'quiet' }, 'to ', time(line.through, zone)),
      ]],
      ['Outcome', (line) => [badge(line.outcome), line.count > 1 && ` ${line.count} times`]],
      ['Reason', (line) => [line.reason && h('strong', null, line.reason), line.detail && ` ${line.detail}`]],
      ['Trigger', (line) => line.trigger],
      ['Run', (line) => line.run_id ? runLink(line.run_id) : '–'],
      ['', (line) => button('Why?', () => explain(line.scheduled_for), { key: `why-${line.scheduled_for}` })],
    ], items),
    'Nothing has been due yet.');
  outcome.addEventListener('change', found.restart);
  found.element.querySelector('h2').after(h('div', { class: 'filters' }, field('Show', outcome)));
  return found;
}

function runs(page, zone) {
  return list(page, 'Runs', 'listTaskRuns',
    (cursor, signal) => call('listTaskRuns', { path: { id: page.id }, query: { cursor, limit: 10 }, signal }),
    (items) => table('Runs', [
      ['Run', (run) => [runLink(run.id), ' ', badge(run.state)]],
      ['Scheduled for', (run) => time(run.scheduled_for, zone)],
      ['Trigger', (run) => run.trigger],
      ['Attempt', (run) => run.attempt],
      ['Error', (run) => run.error?.message ?? '–'],
    ], items),
    'It has not run yet.');
}

function stats(page, zone) {
  return panel(page, 'Of late', 'getTaskStats',
    (signal) => call('getTaskStats', { path: { id: page.id }, signal }),
    (shown) => facts([
      ['Period', `${shown.period_days} days`],
      ['Runs', shown.total_runs],
      ['Succeeded', `${shown.successful_runs} (${percent(shown.success_rate)})`],
      ['Failed', shown.failed_runs],
      ['Mean time', shown.avg_execution_time_seconds && duration(shown.avg_execution_time_seconds * 1_000)],
      ['Last success', shown.last_success && time(shown.last_success, zone)],
      ['Last failure', shown.last_failure && time(shown.last_failure, zone)],
    ]));
}
