// Server-sent events by fetch: EventSource cannot send the token in a header, and an address is no place for one.

import { open } from './api.js';

/** Milliseconds before a stream that ended is begun again: the first time, and at most. */
const pause = { first: 1_000, most: 30_000 };

/** Follows a stream until the signal says stop; begins it anew when it ends. Tells each message, and each beginning. */
export async function follow(name, request, onMessage, signal) {
  let wait = pause.first;
  while (!signal.aborted) {
    try {
      const response = await open(name, { ...request, signal });
      wait = pause.first;
      onMessage({ event: 'begin', data: null });
      await read(response.body, onMessage);
    } catch (error) {
      if (signal.aborted || [401, 403, 404].includes(error.status)) {
        return;
      }
    }
    await sleep(wait, signal);
    wait = Math.min(wait * 2, pause.most);
  }
}

async function read(body, onMessage) {
  const parse = parser(onMessage);
  for (const reader = body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    parse(value);
  }
}

/** Takes text as it comes and tells each event that is complete; comments are left out. Pure but for its memory. */
export function parser(onMessage) {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map(field).filter(([name]) => name !== ''));
      if (fields.data !== undefined) {
        onMessage({ event: fields.event ?? 'message', data: JSON.parse(fields.data) });
      }
    }
  };
}

function field(line) {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Calls at once and then at most once in a while, the last time after the last wish. */
export function throttle(action, milliseconds) {
  let timer = null;
  let wanted = false;
  const run = () => {
    if (timer !== null) {
      wanted = true;
      return;
    }
    action();
    timer = setTimeout(() => {
      timer = null;
      if (wanted) {
        wanted = false;
        run();
      }
    }, milliseconds);
  };
  return run;
}
