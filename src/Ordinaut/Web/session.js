// Who is signed in. The access token is in this module's memory and nowhere else. The refresh token lies in the tab's
// sessionStorage only while no page is there, from pagehide to the next load: a page that is alive has nothing to read
// there, and a duplicated tab gets no copy, whose use would end the session of both.

import { call, scopesOf, useTokens } from './api.js';

const kept = 'ordinaut.session';

/** A token is renewed so long before its end. */
const spareMilliseconds = 30_000;

let tokens = null;
let renewing = null;
let me = null;
let ahead = 0;
let whenLost = () => {};

useTokens({ get: () => (isFresh() ? Promise.resolve(tokens.access) : renew()), renew });

/** The server's clock, which decides what is due; this machine's may be wrong. */
export function now() {
  return Date.now() + ahead;
}

export function who() {
  return me;
}

/** Whether the token has the scopes for all of these operations. */
export function can(...names) {
  return names.every((name) => may(scopesOf(name)));
}

function may(scopes) {
  const held = me?.scopes ?? [];
  return held.includes('admin') || scopes.split(' ').every((scope) => scope === '*' || held.includes(scope));
}

/** Told when the session ended without being asked to. */
export function onLost(listener) {
  whenLost = listener;
}

export async function signIn(agentId, secret) {
  take(await call('createToken', { body: { agent_id: agentId, agent_secret: secret } }));
  await meet();
}

/** Signs in by a refresh token, which works once: one that was kept, or that of a link. */
export async function redeem(refreshToken) {
  try {
    take(await call('refreshToken', { body: { refresh_token: refreshToken } }));
  } catch (error) {
    if (mayPass(error)) {
      sessionStorage.setItem(kept, refreshToken);
    }
    throw error;
  }
  await meet();
}

/** Whether it may go well another time: the server is away, stops or is busy, or its answer was cut off. */
function mayPass(error) {
  return error.status === 429 || !(error.status >= 400 && error.status < 500);
}

/** The refresh token that the page before this one left, taken out. */
export function takeKept() {
  const token = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  return token;
}

export async function signOut() {
  const token = tokens?.refresh;
  forget();
  if (token) {
    await call('revokeToken', { body: { refresh_token: token } });
  }
}

function isFresh() {
  return tokens !== null && tokens.until > performance.now() + spareMilliseconds;
}

/** Everyone who needs a new token waits for the same one: a refresh token works once. */
function renew() {
  renewing ??= exchange().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function exchange() {
  try {
    take(await call('refreshToken', { body: { refresh_token: tokens?.refresh } }));
    return tokens.access;
  } catch (error) {
    if (!mayPass(error)) {
      forget();
      whenLost();
    }
    throw error;
  }
}

function take(answer) {
  tokens = {
    access: answer.access_token,
    refresh: answer.refresh_token,
    until: performance.now() + answer.expires_in * 1_000,
  };
}

async function meet() {
  me = await call('getMe');
  ahead = new Date(me.server_time).getTime() - Date.now();
}

function forget() {
  tokens = null;
  me = null;
}

addEventListener('pagehide', () => {
  if (tokens && !renewing) {
    sessionStorage.setItem(kept, tokens.refresh);
  }
});

// A page that the browser kept whole and shows again may find its refresh token used by one that came after it.
addEventListener('pageshow', (event) => {
  if (event.persisted) {
    location.reload();
  }
});
