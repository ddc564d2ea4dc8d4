// One run: its steps on a line of time, with what went in and came out, its attempts, and the ways to end or repeat it.

import { call } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { between, duration, hash } from './format.js';
import { parseJson } from './json-text.js';
import { follow, throttle } from './live.js';
import { taskLink, tasksOf } from './names.js';
import { badge, button, facts, folded, json, panel, problem, say, table, time } from './parts.js';
import { can, now } from './session.js';

const pace = { live: 400, idle: 15_000 };

export async function run(page) {
  page.title('Run');
  const told = h('div', null);
  let last = null;
  const shown = panel(page, null, 'getRun',
    async (signal) => {
      const view = await call('getRun', { path: { id: page.id }, signal });
      return { view, task: (await tasksOf([view])).get(view.task_id) };
    },
    ({ view, task }) => {
      if (last !== null && last !== view.state) {
        say(`The run is ${view.state}`);
      }
      last = view.state;
      return describe(page, view, task, told, shown.refresh);
    });
  const grows = h('p', { class: 'quiet' });
  page.main.append(told, grows, shown.element);
  await shown.refresh();
  page.every(pace.idle, () => isOver(last) || shown.refresh());
  if (can('streamRun') && last !== null && !isOver(last)) {
    const look = throttle(shown.refresh, pace.live);
    const end = new AbortController();
    page.signal.addEventListener('abort', () => end.abort());
    follow('streamRun', { path: { id: page.id } }, ({ event, data }) => {
      if (event === 'progress') {
        grows.textContent = `${data.step}: ${far(data)}`;
        return;
      }
      grows.textContent = '';
      look();
      isOver(last) && end.abort();
    }, end.signal);
  }
}

/** How far a call is, as its tool says: by what there is of its answer, or by its own count and words. */
function far({ characters, progress, total, message }) {
  const count = total === undefined ? progress : `${progress} of ${total}`;
  return characters === undefined
    ? [count, message].filter((part) => part !== undefined).join(', ')
    : `${characters} characters of the answer so far`;
}

function isOver(state) {
  return !['queued', 'running', 'waiting', null].includes(state);
}

function describe(page, view, task, told, look) {
  const zone = task?.timezone;
  page.title(`Run of ${task?.title ?? 'a task'}`, badge(view.state));
  return [
    actions(page, view, told, look),
    view.error && h('div', { class: 'problem' },
      h('p', null,
        h('strong', null, view.error.code), view.error.step && ` in ${view.error.step}`, ': ', view.error.message)),
    view.state === 'waiting' && h('p', { class: 'note' }, 'It waits; what it asks people is under ',
      h('a', { href: hash('/approvals'), 'data-key': 'approvals' }, 'Approvals'), '.'),
    facts([
      ['Task', [taskLink(view.task_id, task), ` (version ${view.task_version})`]],
      ['Trigger', view.trigger],
      ['Scheduled for', time(view.scheduled_for, zone)],
      ['Not before', view.state === 'queued' && view.not_before ? time(view.not_before, zone) : null],
      ['Started', view.started_at && time(view.started_at, zone)],
      ['Ended', view.finished_at && time(view.finished_at, zone)],
      ['Took', view.started_at && between(view.started_at, view.finished_at ?? new Date(now()).toISOString())],
      ['Attempt', view.attempt],
      ['Worker', view.lease_owner],
      ['Id', h('code', null, view.id)],
    ]),
    h('h2', null, 'Steps'),
    steps(view, zone),
    view.output !== null && [h('h2', null, 'Output'), json(view.output, 'Output')],
    h('h2', null, 'Attempts'),
    attempts(view, zone),
  ];
}

function actions(page, view, told, look) {
  const fail = (error) => told.replaceChildren(problem(error));
  const goTo = (started) => (isOver(view.state) ? page.go(`/runs/${started.id}`) : look());
  const simple = (label, name, kind) => can(name) && button(label, async () => {
    told.replaceChildren();
    goTo(await call(name, { path: { id: view.id } }));
  }, { fail, kind, key: name });
  return h('div', { class: 'actions' },
    !isOver(view.state) && simple('Cancel run', 'cancelRun', 'grave'),
    isOver(view.state) && view.state !== 'succeeded' && simple('Retry from the failed step', 'retryRun', 'main'),
    isOver(view.state) && can('rerunRun')
      && button('Run again from the start', () => rerun(view, goTo), { fail, key: 'rerunRun' }));
}

async function rerun(view, goTo) {
  const control = h('textarea', { rows: 4, spellcheck: 'false' });
  const started = await ask('Run again', {
    text: 'A new run of the same version begins from the first step.',
    fields: [{ label: 'Params', control, hint: 'JSON that is merged over the params the run had; may stay empty.' }],
    confirm: 'Run again',
  }, ([text]) => {
    const body = text.trim() ? { params: parseJson(text) } : undefined;
    return call('rerunRun', { path: { id: view.id }, body });
  });
  return started && goTo(started);
}

/** Each step on the run's line of time: where it lies between the run's start and its end. */
function steps(view, zone) {
  if (!view.steps?.length) {
    return h('p', { class: 'quiet' }, 'No step has begun.');
  }
  const times = view.steps.flatMap((step) => [step.started_at, step.finished_at]).filter(Boolean).map(Date.parse);
  const start = Math.min(...times);
  const end = isOver(view.state) ? Math.max(...times) : Math.max(now(), ...times);
  return h('ol', { class: 'steps' }, view.steps.map((step, index) => h('li', null,
    h('div', { class: 'step' },
      h('span', { class: 'name' }, h('strong', null, step.id), ' ', h('code', null, step.uses)),
      badge(step.state),
      step.attempt > 1 && h('span', { class: 'quiet' }, `attempt ${step.attempt}`),
      h('span', { class: 'quiet' }, taken(step))),
    step.started_at && line(step, start, Math.max(1, end - start)),
    step.error && h('p', { class: 'problem' }, h('strong', null, step.error.code), ': ', step.error.message),
    step.input !== null && folded(`Input of ${step.id}`, step.input, `input-${index}`),
    step.output !== null && folded(`Output of ${step.id}`, step.output, `output-${index}`),
    step.started_at && h('details', { 'data-key': `times-${index}` }, h('summary', null, 'Times'),
      facts([
        ['Started', time(step.started_at, zone)],
        ['Ended', step.finished_at && time(step.finished_at, zone)],
      ])))));
}

function taken(step) {
  return step.started_at && step.finished_at ? between(step.started_at, step.finished_at) : '';
}

/** The bar says nothing that the text beside it does not. */
function line(step, start, length) {
  const from = Date.parse(step.started_at) - start;
  const until = (step.finished_at ? Date.parse(step.finished_at) : start + length) - start;
  const bar = h('span', { class: `bar-inner is-${step.state}` });
  bar.style.setProperty('margin-inline-start', `${Math.min(99, (from / length) * 100)}%`);
  bar.style.setProperty('inline-size', `${Math.max(1, ((until - from) / length) * 100)}%`);
  return h('span', { class: 'bar-outer', 'aria-hidden': 'true', title: `${duration(from)} after the start` }, bar);
}

function attempts(view, zone) {
  return !view.attempts?.length ? h('p', { class: 'quiet' }, 'No worker has taken it yet.') : table('Attempts', [
    ['Attempt', (each) => each.attempt],
    ['State', (each) => badge(each.state)],
    ['Worker', (each) => each.lease_owner ?? '–'],
    ['Started', (each) => time(each.started_at, zone)],
    ['Ended', (each) => time(each.ended_at, zone)],
    ['Error', (each) => each.error ? `${each.error.code}: ${each.error.message}` : '–'],
    ['Next try', (each) => time(each.retry_at, zone)],
  ], view.attempts);
}
