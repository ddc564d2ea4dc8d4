// At a glance: what waits, what failed, what runs, what is next, and who does the work.

import { call } from './api.js';
import { h } from './dom.js';
import { duration, hash, percent, shortVersion } from './format.js';
import { runLink, taskLink, tasksOf } from './names.js';
import { badge, facts, live, panel, table, time } from './parts.js';

/** Milliseconds between two looks, when the stream tells of something and when it is silent. */
const pace = { live: 1_500, idle: 30_000 };

const shown = 10;

/** Tasks that are looked through for the next occurrences: the most that one page holds. */
const most = 200;

export function overview(page) {
  page.title('Overview');
  const changing = [figures(page), approvals(page), proposed(page), failures(page), current(page), upcoming(page)];
  const steady = [nodes(page), health(page)];
  const all = [...changing, ...steady];
  page.main.append(...all.map((each) => each.element));
  const look = () => changing.forEach((each) => each.refresh());
  look();
  steady.forEach((each) => each.refresh());
  page.every(pace.idle, () => all.forEach((each) => each.refresh()));
  live(page, pace.live, look);
}

function figures(page) {
  return panel(page, 'Last 24 hours', 'getRunSummary',
    (signal) => call('getRunSummary', { query: { days: 1 }, signal }),
    (stats) => h('div', { class: 'figures' }, [
      figure('Queued', stats.queued_runs, hash('/runs', { state: 'queued' })),
      figure('Running', stats.running_runs, hash('/runs', { state: 'running' })),
      figure('Succeeded', stats.successful_runs, hash('/runs', { state: 'succeeded' })),
      figure('Failed', stats.failed_runs, hash('/runs', { success: 'false' })),
      figure('Success', percent(stats.success_rate)),
      figure('Mean time', stats.avg_execution_time_seconds === null ? '–'
        : duration(stats.avg_execution_time_seconds * 1_000)),
    ]));
}

function figure(name, value, href) {
  const inside = [h('span', { class: 'value' }, value), h('span', { class: 'name' }, name)];
  return href ? h('a', { href, class: 'figure', 'data-key': name }, inside) : h('div', { class: 'figure' }, inside);
}

function proposed(page) {
  return panel(page, 'Proposed tasks', 'listProposals',
    (signal) => call('listProposals', { query: { limit: shown }, signal }),
    ({ items }) => items.length === 0 ? nothing('Nothing is proposed.') : table('Proposals', [
      ['Task', (item) => h('a', { href: hash('/approvals'), 'data-key': item.task_id }, item.title)],
      ['Schedule', (item) => item.schedule_description],
      ['Proposed', (item) => time(item.proposed_at, item.timezone)],
    ], items));
}

function approvals(page) {
  return panel(page, 'Waiting for approval', 'listApprovals',
    async (signal) => named(await call('listApprovals', { query: { state: 'pending', limit: shown }, signal })),
    ({ items, tasks }) => items.length === 0 ? nothing('Nothing waits for a person.') : table('Approvals', [
      ['Question', (item) => h('a', { href: hash('/approvals'), 'data-key': item.id }, item.title)],
      ['Task', (item) => taskLink(item.task_id, tasks.get(item.task_id))],
      ['Expires', (item) => time(item.expires_at, tasks.get(item.task_id)?.timezone)],
    ], items));
}

function failures(page) {
  return panel(page, 'Did not succeed lately', 'listRuns',
    async (signal) => named(await call('listRuns', { query: { success: false, limit: shown }, signal })),
    ({ items, tasks }) => items.length === 0 ? nothing('Every run succeeded.') : [
      table('Runs that did not succeed', [
        ['Task', (run) => taskLink(run.task_id, tasks.get(run.task_id))],
        ['Run', (run) => [runLink(run.id), ' ', badge(run.state)]],
        ['Why', (run) => run.error ? `${run.error.step ? `${run.error.step}: ` : ''}${run.error.message}` : '–'],
        ['Ended', (run) => time(run.finished_at, tasks.get(run.task_id)?.timezone)],
      ], items),
      h('p', null, h('a', { href: hash('/runs', { success: 'false' }), 'data-key': 'failures' }, 'All of them')),
    ]);
}

function current(page) {
  return panel(page, 'Running and waiting', 'listRuns',
    async (signal) => {
      const states = ['running', 'waiting', 'queued'];
      const pages = await Promise.all(
        states.map((state) => call('listRuns', { query: { state, limit: shown }, signal })));
      return named({ items: pages.flatMap((each) => each.items) });
    },
    ({ items, tasks }) => items.length === 0 ? nothing('Nothing runs now.') : table('Runs under way', [
      ['Task', (run) => taskLink(run.task_id, tasks.get(run.task_id))],
      ['Run', (run) => [runLink(run.id), ' ', badge(run.state)]],
      ['Attempt', (run) => run.attempt],
      ['Since', (run) => time(run.started_at ?? run.created_at, tasks.get(run.task_id)?.timezone)],
    ], items));
}

async function named(answer) {
  return { items: answer.items, tasks: await tasksOf(answer.items) };
}

function upcoming(page) {
  return panel(page, 'Next', 'listTasks',
    (signal) => call('listTasks', { query: { status: 'active', limit: most }, signal }),
    ({ items, has_more: isPart }) => {
      const due = items.filter((task) => task.next_run_at);
      due.sort((a, b) => new Date(a.next_run_at) - new Date(b.next_run_at));
      return due.length === 0 ? nothing('No occurrence is planned.') : [
        table('Next occurrences', [
          ['When', (task) => time(task.next_run_at, task.timezone)],
          ['Task', (task) => taskLink(task.id, task)],
          ['Schedule', (task) => task.schedule_description],
        ], due.slice(0, shown)),
        isPart && h('p', { class: 'quiet' }, `Of the ${most} newest active tasks; there are more.`),
      ];
    });
}

function nodes(page) {
  return panel(page, 'Nodes', 'listWorkers',
    (signal) => call('listWorkers', { signal }),
    ({ items }) => table('Nodes', [
      ['Node', (node) => [node.host ?? node.id, ' ', badge(node.state)]],
      ['Roles', (node) => (node.roles ?? []).join(', ')],
      ['In hand', (node) => node.slots === null ? node.running : `${node.running} of ${node.slots}`],
      ['Version', (node) => shortVersion(node.version ?? '–')],
      ['Heard of', (node) => time(node.heartbeat_at)],
    ], items));
}

function health(page) {
  return panel(page, 'Health', 'getHealth',
    (signal) => call('getHealth', { signal }),
    (answer) => facts([
      ['Server', [badge(answer.status), ` ${shortVersion(answer.version)}`]],
      ...Object.entries(answer.checks).map(([name, check]) => [name, [badge(check.status), ` ${check.detail ?? ''}`]]),
    ]));
}

function nothing(text) {
  return h('p', { class: 'quiet' }, text);
}
