// Who changed what, and whether the log is as it was written.

import { call } from './api.js';
import { h } from './dom.js';
import { badge, button, facts, filters, folded, list, table, time } from './parts.js';
import { can } from './session.js';

export function audit(page) {
  const { actor, action, noun, subject } = page.query;
  const verdict = h('div', { 'aria-live': 'polite' });
  const verify = async () => show(await call('verifyAudit'), verdict);
  page.title('Audit', can('verifyAudit') && button('Verify', verify, { key: 'verify' }));
  const found = list(page, null, 'listAudit',
    (cursor, signal) => call('listAudit', { query: { actor, action, noun, subject, cursor }, signal }),
    (items) => table('Changes', [
      ['When', (line) => time(line.at)],
      ['Action', (line) => h('code', null, line.action)],
      ['Thing', (line) => [line.noun, ' ', h('code', null, line.subject_id)]],
      ['By', (line) => h('code', null, line.actor_id)],
      ['Detail', (line) => line.detail === null ? '–' : folded('Detail', line.detail, line.id)],
    ], items),
    'No line fits.');
  page.main.append(
    verdict,
    filters(page, '/audit', [
      ['Action', 'action', h('input', { value: action, spellcheck: 'false' })],
      ['Kind of thing', 'noun', h('input', { value: noun, spellcheck: 'false' })],
      ['Its id or name', 'subject', h('input', { value: subject, spellcheck: 'false' })],
      ['By (agent id)', 'actor', h('input', { value: actor, spellcheck: 'false' })],
    ]),
    found.element,
  );
  found.refresh();
}

function show(answer, verdict) {
  verdict.replaceChildren(h('div', { class: answer.intact ? 'note' : 'problem' },
    h('p', null, badge(answer.intact ? 'intact' : 'broken'),
      answer.intact ? ' Nothing that was sealed was changed.' : ' The log is not as it was written.'),
    facts([
      ['Blocks', answer.blocks],
      ['Sealed lines', answer.lines],
      ['Not sealed yet', answer.open_lines],
      ['Head', answer.head && h('code', null, `${answer.head.number}:${answer.head.hash}`)],
    ]),
    h('ul', null, answer.faults.map((each) => h('li', null, `Block ${each.block}: ${each.what}`)))));
}
