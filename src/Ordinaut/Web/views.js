// Which view an address names: the section, a star for an id, and a verb.

import { agents } from './agents.js';
import { alerts } from './alerts.js';
import { approvals } from './approvals.js';
import { audit } from './audit.js';
import { events } from './events.js';
import { overview } from './overview.js';
import { run } from './run.js';
import { runs } from './runs.js';
import { task } from './task.js';
import { editTask, newTask } from './task-form.js';
import { tasks } from './tasks.js';
import { tools } from './tools.js';

export const views = {
  '': overview,
  tasks,
  'tasks/new': newTask,
  'tasks/*': task,
  'tasks/*/edit': editTask,
  runs,
  'runs/*': run,
  approvals,
  alerts,
  events,
  tools,
  agents,
  audit,
};
