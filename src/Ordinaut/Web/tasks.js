// All tasks, filtered, by pages.

import { call, words } from './api.js';
import { h } from './dom.js';
import { remember, runLink, taskLink } from './names.js';
import { badge, choice, filters, list, table, time } from './parts.js';
import { can } from './session.js';

export function tasks(page) {
  page.title('Tasks', can('createTask') && h('a', { href: '#/tasks/new', class: 'button' }, 'New task'));
  const { status, schedule_kind: kind, tag, q } = page.query;
  const found = list(page, null, 'listTasks',
    async (cursor, signal) => {
      const answer = await call('listTasks', { query: { status, schedule_kind: kind, tag, q, cursor }, signal });
      answer.items.forEach(remember);
      return answer;
    },
    (items) => table('Tasks', columns, items),
    'No task fits.');
  page.main.append(
    filters(page, '/tasks', [
      ['Title contains', 'q', h('input', { type: 'search', value: q })],
      ['Status', 'status', choice(words['listTasks.status'], status, 'any')],
      ['Schedule', 'schedule_kind', choice(words['listTasks.schedule_kind'], kind, 'any')],
      ['Tag', 'tag', h('input', { value: tag })],
    ]),
    found.element,
  );
  found.refresh();
}

const columns = [
  ['Task', (task) => [taskLink(task.id, task), ...task.tags.map((tag) => h('span', { class: 'tag' }, tag))]],
  ['Status', (task) => badge(task.status)],
  ['Schedule', (task) => task.schedule_description],
  ['Next', (task) => time(task.next_run_at, task.timezone)],
  ['Last run', (task) => task.last_run
    ? [runLink(task.last_run.id, badge(task.last_run.state)), ' ', time(task.last_run.at, task.timezone)]
    : '–'],
];
