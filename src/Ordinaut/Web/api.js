// The HTTP API as this UI uses it. The tables are compared with the server's own declarations by a test.

import { queryOf } from './format.js';
import { parseJson } from './json-text.js';

/** Operation → method, path and the scopes it needs; without scopes it asks for no token, or for any ('*'). */
export const operations = {
  createToken: ['POST', '/agents/auth/token'],
  refreshToken: ['POST', '/agents/auth/refresh'],
  revokeToken: ['POST', '/agents/auth/revoke'],
  getMe: ['GET', '/agents/me', '*'],
  getHealth: ['GET', '/health'],
  streamAll: ['GET', '/stream', 'runs:read events:read'],
  streamRun: ['GET', '/runs/{id}/events', 'runs:read'],
  listTasks: ['GET', '/tasks', 'tasks:read'],
  createTask: ['POST', '/tasks', 'tasks:create'],
  getTask: ['GET', '/tasks/{id}', 'tasks:read'],
  replaceTask: ['PUT', '/tasks/{id}', 'tasks:update'],
  pauseTask: ['POST', '/tasks/{id}/pause', 'tasks:update'],
  resumeTask: ['POST', '/tasks/{id}/resume', 'tasks:update'],
  snoozeTask: ['POST', '/tasks/{id}/snooze', 'tasks:update'],
  cancelTask: ['POST', '/tasks/{id}/cancel', 'tasks:update'],
  runTask: ['POST', '/tasks/{id}/run_now', 'tasks:run'],
  listOccurrences: ['GET', '/tasks/{id}/occurrences', 'tasks:read'],
  explainTask: ['GET', '/tasks/{id}/why', 'tasks:read'],
  listNextOccurrences: ['GET', '/tasks/{id}/next', 'tasks:read'],
  listTaskRuns: ['GET', '/tasks/{id}/runs', 'runs:read'],
  getTaskStats: ['GET', '/runs/task/{id}/stats', 'runs:read'],
  previewSchedule: ['POST', '/schedules/preview', 'tasks:read'],
  parseSchedule: ['POST', '/schedules/parse', 'tasks:read'],
  checkPipeline: ['POST', '/pipelines/check', 'tasks:read'],
  listRuns: ['GET', '/runs', 'runs:read'],
  getRun: ['GET', '/runs/{id}', 'runs:read'],
  getRunSummary: ['GET', '/runs/stats/summary', 'runs:read'],
  cancelRun: ['POST', '/runs/{id}/cancel', 'runs:manage'],
  retryRun: ['POST', '/runs/{id}/retry', 'runs:manage'],
  rerunRun: ['POST', '/runs/{id}/rerun', 'runs:manage'],
  listProposals: ['GET', '/proposals', 'tasks:read'],
  approveTask: ['POST', '/tasks/{id}/approve', 'approvals:decide'],
  rejectTask: ['POST', '/tasks/{id}/reject', 'approvals:decide'],
  listApprovals: ['GET', '/approvals', 'runs:read'],
  approveApproval: ['POST', '/approvals/{id}/approve', 'approvals:decide'],
  rejectApproval: ['POST', '/approvals/{id}/reject', 'approvals:decide'],
  listAlerts: ['GET', '/alerts', 'tasks:read'],
  acknowledgeAlert: ['POST', '/alerts/{id}/acknowledge', 'tasks:update'],
  testAlert: ['POST', '/alerts/test', 'tasks:update'],
  listMonitors: ['GET', '/monitors', 'tasks:read'],
  listEvents: ['GET', '/events', 'events:read'],
  listTopics: ['GET', '/events/topics', 'events:read'],
  publishEvent: ['POST', '/events', 'events:publish'],
  listTools: ['GET', '/tools', 'tools:use'],
  tryTool: ['POST', '/tools/{name}/try', 'tools:use'],
  listAgents: ['GET', '/agents', 'agents:manage'],
  createAgent: ['POST', '/agents', 'agents:manage'],
  stopAgent: ['POST', '/agents/{id}/stop', 'agents:manage'],
  startAgent: ['POST', '/agents/{id}/start', 'agents:manage'],
  issueAgentCredentials: ['POST', '/agents/{id}/credentials', 'agents:manage'],
  listAudit: ['GET', '/audit', 'audit:read'],
  verifyAudit: ['GET', '/audit/verify', 'admin'],
  listWorkers: ['GET', '/workers', 'admin'],
};

/** The scopes that an operation needs; '*' when any token will do. */
export function scopesOf(name) {
  return operations[name][2] ?? '*';
}

/** Operations that keep the answer to an Idempotency-Key: a click that is sent twice is done once. */
export const once = [
  'createTask', 'pauseTask', 'resumeTask', 'snoozeTask', 'cancelTask', 'runTask', 'cancelRun', 'retryRun', 'rerunRun',
  'approveTask', 'rejectTask', 'approveApproval', 'rejectApproval', 'publishEvent', 'createAgent', 'stopAgent',
  'startAgent', 'acknowledgeAlert', 'testAlert',
];

/** The words that the API's lists can be filtered by: operation.parameter → words. */
export const words = {
  'listTasks.status': ['proposed', 'active', 'paused', 'completed', 'canceled'],
  'listTasks.schedule_kind': ['cron', 'rrule', 'once', 'event', 'condition'],
  'listOccurrences.outcome': ['run', 'skipped'],
  'listRuns.state': ['queued', 'running', 'waiting', 'succeeded', 'failed', 'canceled', 'quarantined', 'uncertain'],
  'listRuns.trigger': ['schedule', 'event', 'manual', 'condition', 'retry', 'backfill'],
  'listAlerts.state': ['open', 'firing', 'acknowledged', 'resolved'],
  'listApprovals.state': ['pending', 'approved', 'rejected', 'expired', 'canceled'],
};

/** Members of a task that its form has fields for; what else a client can write is in its settings. */
export const taskFields = ['title', 'description', 'schedule_kind', 'schedule_expr', 'timezone', 'tags', 'payload'];

export const taskSettings = [
  'priority', 'dedupe_key', 'dedupe_window_seconds', 'max_retries', 'backoff_strategy', 'concurrency_key',
  'concurrency_limit', 'misfire_policy', 'catch_up_window_seconds', 'overlap_policy', 'jitter_seconds', 'starts_at',
  'ends_at', 'timeout_seconds', 'exclude', 'expires_after_seconds', 'event_filter', 'metadata', 'created_by',
];

/** A refusal of the server, in its own words (RFC 9457). */
class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
  }
}

let tokens = null;

/** Who gives the access token; see session.js. */
export function useTokens(source) {
  tokens = source;
}

/** Calls an operation and gives its answer: JSON, or null. */
export async function call(name, request = {}) {
  const response = await open(name, request);
  const text = await response.text();
  return text ? parseJson(text) : null;
}

/** The same, with the answer still to be read. */
export async function open(name, request = {}) {
  const scopes = operations[name][2];
  const key = once.includes(name) ? { 'Idempotency-Key': randomKey() } : {};
  const send = (token) => fetch(address(name, request), options(name, request, { ...key, ...authorization(token) }));
  let response = await reach(() => (scopes ? tokens.get().then(send) : send(null)));
  if (response.status === 401 && scopes) {
    response = await reach(() => tokens.renew().then(send));
  }
  if (!response.ok) {
    throw new Refusal(response.status, await problemOf(response));
  }
  return response;
}

function address(name, { path = {}, query = {} }) {
  const filled = operations[name][1].replace(/\{(\w+)\}/g, (whole, key) => encodeURIComponent(path[key]));
  return filled + queryOf(query);
}

function options(name, { body, version, signal }, headers) {
  return {
    method: operations[name][0],
    signal,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
  };
}

function authorization(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** fetch tells of a server that is away by a TypeError whose words differ by browser. */
async function reach(send) {
  try {
    return await send();
  } catch (error) {
    throw error instanceof TypeError ? new Refusal(0, { detail: 'The server cannot be reached.' }) : error;
  }
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/** crypto.randomUUID is there only over https and on this machine. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
