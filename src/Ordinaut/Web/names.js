// What tasks are called and which zone they live in, for lists that know only their ids.

import { call } from './api.js';
import { h } from './dom.js';
import { hash, shortId } from './format.js';
import { can } from './session.js';

/** Tasks that are remembered; the oldest go first. */
const most = 500;

const known = new Map();

export function remember(task) {
  known.delete(task.id);
  known.set(task.id, Promise.resolve(task));
  if (known.size > most) {
    known.delete(known.keys().next().value);
  }
}

/** The tasks of these items, by id; null for one that is gone or not ours to see. */
export async function tasksOf(items) {
  const ids = [...new Set(items.map((item) => item.task_id))];
  return new Map(await Promise.all(ids.map(async (id) => [id, await taskOf(id)])));
}

async function taskOf(id) {
  if (!can('getTask')) {
    return null;
  }
  if (!known.has(id)) {
    const asked = call('getTask', { path: { id } });
    known.set(id, asked);
    asked.then(remember, () => known.delete(id));
  }
  try {
    return await known.get(id);
  } catch {
    return null;
  }
}

export function taskLink(id, task) {
  return h('a', { href: hash(`/tasks/${id}`), 'data-key': `task-${id}` }, task?.title ?? `Task ${shortId(id)}`);
}

export function runLink(id, text) {
  return h('a', { href: hash(`/runs/${id}`), 'data-key': `run-${id}` }, text ?? `Run ${shortId(id)}`);
}

export function forgetTasks() {
  known.clear();
}
