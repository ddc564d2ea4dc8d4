// A task to write: its schedule in words or as an expression, seen before it is saved, and its pipeline, checked as it
// is typed. What is wrong is the server's to say.

import { call, taskSettings, words } from './api.js';
import { h, redraw } from './dom.js';
import { hash } from './format.js';
import { locate, parseJson } from './json-text.js';
import { remember } from './names.js';
import { choice, field, finding, missing, occurrences, problem, say, viewerZone } from './parts.js';
import { can } from './session.js';

/** Milliseconds without a keystroke before the server is asked. */
const calm = 400;

const example = {
  params: { name: 'world' },
  pipeline: [{ id: 'greet', uses: 'text.template', with: { text: 'Hello ${params.name}' } }],
};

export function newTask(page) {
  page.title('New task');
  if (!can('createTask')) {
    return page.main.append(missing('createTask'));
  }
  const schedule = { schedule_kind: 'cron', schedule_expr: '', timezone: viewerZone };
  const empty = { title: '', description: '', tags: [], payload: example, ...schedule };
  page.main.append(form(page, empty, {}, 'Create', (body) => call('createTask', { body })));
}

export async function editTask(page) {
  page.title('Edit');
  if (!can('getTask', 'replaceTask')) {
    return page.main.append(missing('getTask', 'replaceTask'));
  }
  try {
    const task = await call('getTask', { path: { id: page.id }, signal: page.signal });
    page.title(`Edit: ${task.title}`);
    const given = taskSettings.filter((name) => name !== 'created_by' && task[name] !== null);
    const settings = Object.fromEntries(given.map((name) => [name, task[name]]));
    page.main.append(form(page, task, settings, 'Save', (body) =>
      call('replaceTask', { path: { id: task.id }, body, version: task.version })));
  } catch (error) {
    page.signal.aborted || page.main.append(problem(error));
  }
}

function form(page, task, settings, verb, save) {
  const controls = {
    title: h('input', { value: task.title, required: true, maxlength: 200 }),
    description: h('textarea', { rows: 2, maxlength: 2000, value: task.description }),
    tags: h('input', { value: task.tags.join(', ') }),
    payload: editor(18, JSON.stringify(task.payload, null, 2)),
    settings: editor(8, JSON.stringify(settings, null, 2)),
  };
  const schedule = scheduleFields(page, task);
  const show = (pointer) => select(controls.payload, pointer.replace(/^\/payload/, ''));
  const told = h('div', null);
  const send = h('button', { class: 'main' }, verb);
  const back = h('a', { class: 'button', href: hash(task.id ? `/tasks/${task.id}` : '/tasks') }, 'Back');
  const element = h('form', { class: 'wide', novalidate: true },
    field('Title', controls.title),
    field('Description', controls.description),
    schedule.element,
    field('Payload', controls.payload, 'JSON: params, and the pipeline’s steps.'),
    findings(page, controls.payload, show),
    field('Tags', controls.tags, 'Separated by commas.'),
    h('details', { open: Object.keys(settings).length > 0 }, h('summary', null, 'Further settings'),
      field('Settings', controls.settings, `JSON; of ${taskSettings.join(', ')}.`)),
    told,
    h('div', { class: 'actions' }, send, back));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const saved = await save({ ...written(controls), ...schedule.values() });
      remember(saved);
      say(`${saved.title} is saved: ${saved.schedule_description}`);
      page.go(`/tasks/${saved.id}`);
    } catch (error) {
      told.replaceChildren(problem(error, show));
      send.disabled = false;
    }
  });
  return element;
}

function editor(rows, value) {
  return h('textarea', { rows, value, spellcheck: 'false', class: 'code' });
}

function written(controls) {
  return {
    ...readAs('Settings', controls.settings),
    title: controls.title.value,
    description: controls.description.value,
    tags: controls.tags.value.split(',').map((tag) => tag.trim()).filter(Boolean),
    payload: readAs('Payload', controls.payload),
  };
}

function readAs(name, control) {
  try {
    return parseJson(control.value || '{}');
  } catch (error) {
    throw new Error(`${name} is no JSON: ${error.message}`);
  }
}

function scheduleFields(page, task) {
  const sentence = h('input', { placeholder: 'every weekday at 08:30', maxlength: 200 });
  const kind = choice(words['listTasks.schedule_kind'], task.schedule_kind);
  const expression = editor(2, task.schedule_expr ?? '');
  const zone = h('input', { value: task.timezone, list: 'zones', spellcheck: 'false' });
  const seen = h('div', { 'aria-live': 'polite' });
  const inZone = () => (zone.value ? { timezone: zone.value } : {});
  const values = () => ({ schedule_kind: kind.value, schedule_expr: expression.value, ...inZone() });
  const ask = calmly(page, seen);
  const fromWords = () => ask(async (signal) => {
    const understood = await call('parseSchedule', { body: { text: sentence.value, ...inZone() }, signal });
    kind.value = understood.schedule_kind;
    expression.value = understood.schedule_expr;
    zone.value = understood.timezone;
    return preview(understood);
  });
  const fromExpression = () =>
    ask(async (signal) => preview(await call('previewSchedule', { body: values(), signal })));
  sentence.addEventListener('input', () => (sentence.value.trim() ? fromWords() : fromExpression()));
  zone.addEventListener('change', () => (sentence.value.trim() ? fromWords() : expression.value && fromExpression()));
  for (const control of [kind, expression]) {
    control.addEventListener('input', () => {
      sentence.value = '';
      fromExpression();
    });
  }
  if (task.schedule_expr) {
    fromExpression();
  }
  const element = h('fieldset', null, h('legend', null, 'Schedule'),
    field('In words', sentence, 'Fills in the rest; or write that yourself.'),
    h('div', { class: 'columns' }, field('Kind', kind), field('Expression', expression), field('Time zone', zone)),
    h('datalist', { id: 'zones' }, Intl.supportedValuesOf('timeZone').map((each) => h('option', { value: each }))),
    seen);
  return { element, values };
}

/** Asks once the person pauses, and shows only the answer to what was typed last. */
function calmly(page, seen) {
  let asking = null;
  page.signal.addEventListener('abort', () => asking?.abort());
  return (load) => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    setTimeout(async () => {
      const shown = signal.aborted ? null : await load(signal).catch((error) => problem(error));
      if (!signal.aborted) {
        redraw(seen, shown);
      }
    }, calm);
  };
}

function preview(answer) {
  return [
    h('p', { class: 'words' }, answer.description),
    occurrences(answer),
  ];
}

/** What the server finds wrong with the pipeline, each at its place in the text. */
function findings(page, control, show) {
  const seen = h('div', { 'aria-live': 'polite' });
  const ask = calmly(page, seen);
  const look = () => ask(async (signal) => {
    const answer = await call('checkPipeline', { body: { payload: readAs('Payload', control) }, signal });
    return answer.valid
      ? h('p', { class: 'quiet' }, 'The pipeline can be saved.')
      : h('ul', { class: 'problem' }, answer.findings.map((each) => h('li', null, ...finding(each, show))));
  });
  control.addEventListener('input', look);
  look();
  return seen;
}

function select(control, pointer) {
  const place = locate(control.value, pointer);
  control.focus();
  if (place) {
    control.setSelectionRange(...place);
    const line = control.value.slice(0, place[0]).split('\n').length;
    control.scrollTop = (line - 3) * parseFloat(getComputedStyle(control).lineHeight);
  }
}
