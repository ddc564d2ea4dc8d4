// The start: sign in, then show the view that the address names.

import { h, redraw } from './dom.js';
import { hash, readHash } from './format.js';
import { forgetTasks } from './names.js';
import { field, problem, refreshTimes, say } from './parts.js';
import { onLost, redeem, signIn, signOut, takeKept, who } from './session.js';
import { views } from './views.js';

const sections = [
  ['', 'Overview'],
  ['tasks', 'Tasks'],
  ['runs', 'Runs'],
  ['approvals', 'Approvals'],
  ['alerts', 'Alerts'],
  ['events', 'Events'],
  ['tools', 'Tools'],
  ['agents', 'Agents'],
  ['audit', 'Audit'],
];

const main = document.getElementById('main');
let leaving = new AbortController();
let isFirst = true;

/** A link that signs in holds its token in the fragment, which no server sees; it leaves the address at once. */
function takeLinkToken() {
  const [, token] = /^#token=(.*)$/.exec(location.hash) ?? [];
  if (token !== undefined) {
    history.replaceState(null, '', location.pathname);
  }
  return token || null;
}

async function start() {
  const link = takeLinkToken();
  const old = takeKept();
  if (!(old && (await enter(old))) && !(link && (await enter(link)))) {
    showSignIn(link && new Error('This link no longer signs in: each one does so once.'));
  }
}

async function enter(token) {
  try {
    await redeem(token);
  } catch (error) {
    if (error.status !== 401) {
      showSignIn(error);
    }
    return error.status !== 401;
  }
  show();
  return true;
}

/** A link that signs in may also be opened in a tab that shows this page already. */
function follow() {
  if (!location.hash.startsWith('#token=')) {
    show();
  } else if (who()) {
    takeLinkToken();
    show();
    say(`Still signed in as ${who().name}`);
  } else {
    start();
  }
}

function showSignIn(error) {
  leave();
  bar();
  document.title = 'Sign in · Ordinaut';
  const id = h('input', { name: 'id', autocomplete: 'username', required: true, spellcheck: 'false' });
  const secret = h('input', { name: 'secret', type: 'password', autocomplete: 'current-password', required: true });
  const told = h('div', null, error && problem(error));
  const send = h('button', { class: 'main' }, 'Sign in');
  const form = h('form', { class: 'sign-in' },
    h('h1', { tabindex: -1 }, 'Sign in'),
    field('Agent id', id),
    field('Secret', secret, 'As issued for the agent; the first admin’s is in admin.json in the data folder.'),
    told,
    h('div', { class: 'actions' }, send));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await signIn(id.value.trim(), secret.value.trim());
      show();
    } catch (failure) {
      redraw(told, problem(failure));
      send.disabled = false;
    }
  });
  main.replaceChildren(form);
  id.focus();
}

/** Ends what the view before had under way. */
function leave() {
  leaving.abort();
  leaving = new AbortController();
}

function show() {
  if (!who()) {
    return;
  }
  leave();
  const { parts, query } = readHash(location.hash);
  bar(parts[0] ?? '');
  const heading = h('h1', { tabindex: -1 });
  main.replaceChildren(heading);
  const page = pageOf(heading, parts, query, leaving.signal);
  const view = views[parts.length > 1 ? `${parts[0]}/*${parts[2] ? `/${parts[2]}` : ''}` : (parts[0] ?? '')];
  (views[parts.join('/')] ?? view ?? lost)(page);
  if (!isFirst) {
    heading.focus();
    scrollTo(0, 0);
  }
  isFirst = false;
}

function pageOf(heading, parts, query, signal) {
  return {
    main,
    query,
    signal,
    id: parts[1],
    title(text, ...beside) {
      redraw(heading, text, beside.length > 0 && [' ', ...beside]);
      document.title = `${text} · Ordinaut`;
    },
    go(path, asked) {
      const target = hash(path, asked);
      target === location.hash ? show() : location.assign(target);
    },
    /** Again and again while the view stands and someone looks. */
    every(milliseconds, action) {
      const timer = setInterval(() => document.hidden || action(), milliseconds);
      signal.addEventListener('abort', () => clearInterval(timer));
    },
  };
}

function lost(page) {
  page.title('Nothing here');
  page.main.append(h('p', null, 'No view has this address. ', h('a', { href: '#/' }, 'To the overview')));
}

function bar(current) {
  const me = who();
  const link = ([path, name]) => h('a', {
    href: `#/${path}`,
    'aria-current': path === current ? 'page' : null,
  }, name);
  redraw(document.getElementById('nav'), me && sections.map(link));
  redraw(document.getElementById('who'), me && [
    h('span', { title: me.scopes.join(' ') }, me.name),
    h('a', { href: '/docs' }, 'API'),
    h('button', { type: 'button', click: leaveForGood }, 'Sign out'),
  ]);
}

async function leaveForGood() {
  forgetTasks();
  try {
    await signOut();
    showSignIn(null);
    say('Signed out');
  } catch (error) {
    showSignIn(error);
  }
}

onLost(() => {
  forgetTasks();
  showSignIn(new Error('The session has ended; sign in again.'));
});
addEventListener('hashchange', follow);
document.getElementById('skip').addEventListener('click', (event) => {
  // The fragment names the view, so the link's own would lead away from it.
  event.preventDefault();
  main.focus();
});
setInterval(refreshTimes, 5_000);
await start();
