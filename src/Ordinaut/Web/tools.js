// The tools that pipelines can use, and a way to try one.

import { call } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { duration } from './format.js';
import { parseJson } from './json-text.js';
import { badge, button, facts, folded, json, panel, problem } from './parts.js';

export function tools(page) {
  page.title('Tools');
  const shown = panel(page, null, 'listTools',
    (signal) => call('listTools', { signal }),
    ({ items }) => items.map(card));
  page.main.append(shown.element);
  shown.refresh();
}

function card(tool) {
  const result = h('div', { 'aria-live': 'polite' });
  return h('article', { class: 'card' },
    h('h2', null, h('code', null, tool.name), ' ', tool.suspended && badge('suspended')),
    h('p', { class: 'said' }, tool.description),
    tool.suspended && h('p', { class: 'note' }, tool.suspended),
    facts([
      ['Repeating it is', tool.effect],
      ['Timeout', `${tool.timeout_seconds} s`],
      ['Scopes', tool.scopes.join(' ')],
      ['From', tool.source || 'Ordinaut'],
      ['Cost of a call', tool.cost],
    ]),
    folded('Input', tool.input_schema, `in-${tool.name}`),
    folded('Output', tool.output_schema, `out-${tool.name}`),
    h('div', { class: 'actions' }, button('Try', () => tryOut(tool, result), { key: `try-${tool.name}` })),
    result);
}

async function tryOut(tool, result) {
  const control = h('textarea', { rows: 8, spellcheck: 'false', value: '{}' });
  await ask(`Try ${tool.name}`, {
    text: 'It is really called, once, with your rights, and the call is audited.',
    fields: [{ label: 'Input', control, hint: 'JSON, as a step has it in "with", without templates' }],
    confirm: 'Call it',
  }, async ([text]) => {
    const answer = await call('tryTool', { path: { name: tool.name }, body: { input: parseJson(text) } });
    result.replaceChildren(
      h('p', null, badge(answer.success ? 'succeeded' : 'failed'), ` in ${duration(answer.duration_seconds * 1_000)}`),
      answer.error ? problem(answer.error) : json(answer.output, `Output of ${tool.name}`));
  });
}
