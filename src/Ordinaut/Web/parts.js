// What the views are put together from.

import { scopesOf } from './api.js';
import { h, redraw } from './dom.js';
import { absolute, pretty, relative, wall } from './format.js';
import { follow, throttle } from './live.js';
import { can, now } from './session.js';

export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Said aloud by screen readers, without moving anyone. */
export function say(text) {
  document.getElementById('spoken').textContent = text;
}

export function badge(state) {
  return h('span', { class: `badge is-${state}` }, state);
}

/** An instant: how far from now, in the task's zone, and in the viewer's where that differs. */
export function time(instant, zone, reckoned) {
  if (!instant) {
    return '–';
  }
  const there = absolute(instant, zone ?? viewerZone);
  const here = absolute(instant, viewerZone);
  return h(
    'time',
    { datetime: instant },
    h('span', { class: 'relative', 'data-at': instant }, relative(instant, now())),
    h('span', { class: 'absolute' }, `${reckoned ? wall(reckoned) : there}${zone ? ` ${zone}` : ''}`),
    there !== here && h('span', { class: 'absolute' }, `${here} your time`),
  );
}

/** Occurrences of a preview, with what daylight saving does to them. */
export function occurrences(preview) {
  return [
    preview.occurrences.length === 0
      ? h('p', { class: 'quiet' }, 'No occurrence is planned.')
      : h('ol', { class: 'times' }, preview.occurrences.map((each) => h('li', null,
        time(each.utc, preview.timezone, each.local), each.note && h('p', { class: 'note' }, each.note)))),
    preview.note && h('p', { class: 'note' }, preview.note),
  ];
}

/** Keeps "in 5 min" true while the page stands. */
export function refreshTimes() {
  for (const each of document.querySelectorAll('.relative[data-at]')) {
    each.textContent = relative(each.dataset.at, now());
  }
}

/** What went wrong, as the server says it: the detail, each finding, and the id to ask about. */
export function problem(error, show) {
  const findings = (error.errors ?? []).filter((each) => each.detail !== error.message);
  return h(
    'div',
    { class: 'problem', role: 'alert' },
    h('p', null, error.message),
    findings.length > 0 && h('ul', null, findings.map((each) => h('li', null, ...finding(each, show)))),
    error.requestId && h('p', { class: 'quiet' }, `Request ${error.requestId}`),
  );
}

/** A pointer and what is wrong there; it can be shown in the text, where there is one. */
export function finding({ pointer, detail }, show) {
  const place = h('code', null, pointer);
  const isShown = show && pointer.startsWith('/payload');
  const link = () => h('button', { type: 'button', class: 'link', click: () => show(pointer) }, place);
  return [isShown ? link() : place, ` ${detail}`];
}

export function json(value, label) {
  return h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, pretty(value));
}

/** A JSON value that opens on demand. */
export function folded(label, value, key) {
  return h('details', { 'data-key': key }, h('summary', null, label), json(value, label));
}

/** A table that becomes a list of cards on a narrow screen; a column is its heading and what it shows of an item. */
export function table(caption, columns, items) {
  const cell = (column, item) =>
    h('td', { role: 'cell', 'data-label': column[0] }, h('div', { class: 'cell' }, column[1](item)));
  return h(
    'table',
    { role: 'table' },
    h('caption', { class: 'spoken' }, caption),
    h('thead', { role: 'rowgroup' },
      h('tr', { role: 'row' }, columns.map(([name]) => h('th', { role: 'columnheader', scope: 'col' }, name)))),
    h('tbody', { role: 'rowgroup' },
      items.map((item) => h('tr', { role: 'row' }, columns.map((column) => cell(column, item))))),
  );
}

/** Names and values. */
export function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const fact = ([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value));
  return h('dl', { class: 'facts' }, given.map(fact));
}

/** A button that can be pressed once at a time; what fails is told to whoever cares, else beside it. */
export function button(label, action, { kind = '', fail, key } = {}) {
  const told = h('span', null);
  const pressed = async () => {
    element.disabled = true;
    told.replaceChildren();
    try {
      await action();
    } catch (error) {
      fail ? fail(error) : told.replaceChildren(problem(error));
    } finally {
      element.disabled = false;
    }
  };
  const element = h('button', { type: 'button', class: kind, click: pressed, 'data-key': key }, label);
  return fail ? element : h('span', null, element, told);
}

/** A labelled field; the hint is read with it. */
export function field(label, control, hint) {
  const id = control.id || `field-${(field.count = (field.count ?? 0) + 1)}`;
  control.id = id;
  if (hint) {
    control.setAttribute('aria-describedby', `${id}-hint`);
  }
  return h('div', { class: 'field' }, h('label', { for: id }, label), control,
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint));
}

/** A choice among words; the first one, empty, means any. */
export function choice(options, chosen, any) {
  return h('select', null,
    any && h('option', { value: '' }, any),
    options.map((each) => h('option', { value: each, selected: each === chosen }, each)));
}

/** A stretch of the page that loads, fails and is refreshed by itself; without the operation's scopes it says so. */
export function panel(page, title, name, load, draw) {
  const body = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const heading = title && h('h2', null, title);
  const element = h('section', null, heading, body);
  let loading = null;
  let isStale = false;
  const loadUntilFresh = async () => {
    do {
      isStale = false;
      await loadInto(page, body, load, draw);
    } while (isStale && !page.signal.aborted);
    loading = null;
  };
  const refresh = () => {
    isStale = loading !== null;
    return (loading ??= loadUntilFresh());
  };
  if (!can(name)) {
    body.replaceChildren(missing(name));
    return { element, refresh: async () => {} };
  }
  return { element, refresh };
}

async function loadInto(page, body, load, draw) {
  try {
    const drawn = await draw(await load(page.signal));
    page.signal.throwIfAborted();
    redraw(body, drawn);
  } catch (error) {
    if (!page.signal.aborted) {
      redraw(body, problem(error));
    }
  }
}

/** What stands in place of something that these operations would show. */
export function missing(...names) {
  return h('p', { class: 'note' }, 'Not shown: this agent lacks the scope ',
    h('code', null, names.map(scopesOf).join(' ')), '. Whoever manages agents can grant it.');
}

/** Acts on what the server tells as it happens, at most once in a while; where that may be heard. */
export function live(page, milliseconds, action, isOurs = () => true) {
  if (can('streamAll')) {
    const act = throttle(action, milliseconds);
    follow('streamAll', {}, (message) => isOurs(message) && act(), page.signal);
  }
}

/** A list by pages: the first at once, further ones on demand. A refresh reads the first page again. */
export function list(page, title, name, load, draw, empty) {
  let items = [];
  let next = null;
  let isExtended = false;
  const shown = panel(page, title, name,
    async (signal) => {
      if (!isExtended) {
        ({ items, next_cursor: next } = await load(null, signal));
      }
      return items;
    },
    async () => [items.length > 0 ? await draw(items) : h('p', { class: 'quiet' }, empty), next && more()]);
  const more = () => h('p', null, button('Load more', async () => {
    const answer = await load(next, page.signal);
    items = [...items, ...answer.items];
    next = answer.next_cursor;
    isExtended = true;
    await shown.refresh();
    say(`${answer.items.length} more loaded`);
  }, { key: 'more' }));
  const restart = () => {
    isExtended = false;
    return shown.refresh();
  };
  return { ...shown, restart };
}

/** Filters that live in the address: a change leads to the same view with the new query. */
export function filters(page, path, controls) {
  const form = h('form', { class: 'filters', role: 'search' },
    controls.map(([label, name, control]) => {
      control.name = name;
      return field(label, control);
    }),
    h('button', null, 'Filter'));
  const apply = () => page.go(path, Object.fromEntries(new FormData(form)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  form.addEventListener('change', (event) => event.target.tagName === 'SELECT' && apply());
  return form;
}
