// JSON as people write it: exact numbers, and where in the text a pointer leads. Pure.

/** Reads JSON; an integer that a number cannot hold stays as it was written, where the browser can keep it so. */
export function parseJson(text) {
  return JSON.parse(text, keepExact);
}

function keepExact(key, value, context) {
  const source = context?.source;
  const isLost = typeof value === 'number' && /^-?\d+$/.test(source ?? '') && !Number.isSafeInteger(value);
  return isLost && JSON.rawJSON ? JSON.rawJSON(source) : value;
}

/**
 * Start and end of the value that a JSON Pointer (RFC 6901) names; of the nearest value around it when it is absent;
 * null when the text is no JSON up to there.
 */
export function locate(text, pointer) {
  const path = pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  try {
    return find(text, blank(text, 0), path);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

function find(text, start, path) {
  const end = skip(text, start);
  if (path.length === 0 || !'{['.includes(text[start])) {
    return [start, end];
  }
  let index = 0;
  for (const [key, value] of members(text, start)) {
    if ((key ?? String(index)) === path[0]) {
      return find(text, value, path.slice(1));
    }
    index += 1;
  }
  return [start, end];
}

/** Key and start of each member's value; items of a list have no key. */
function* members(text, start) {
  const isObject = text[start] === '{';
  let at = blank(text, start + 1);
  while (!'}]'.includes(text[at] ?? ']')) {
    let key = null;
    if (isObject) {
      const end = skipString(text, at);
      key = JSON.parse(text.slice(at, end));
      at = blank(text, expect(text, blank(text, end), ':'));
    }
    yield [key, at];
    at = blank(text, skip(text, at));
    at = text[at] === ',' ? blank(text, at + 1) : at;
  }
}

function skip(text, start) {
  if (text[start] === '"') {
    return skipString(text, start);
  }
  if (text[start] !== '{' && text[start] !== '[') {
    const word = /[^\s,\]}]+/y;
    word.lastIndex = start;
    return start + (word.exec(text)?.[0].length ?? fail(start));
  }
  let at = start;
  let depth = 0;
  do {
    if (text[at] === '"') {
      at = skipString(text, at);
    } else {
      depth += '{['.includes(text[at] ?? fail(at)) ? 1 : '}]'.includes(text[at]) ? -1 : 0;
      at += 1;
    }
  } while (depth > 0);
  return at;
}

function skipString(text, start) {
  const string = /"(?:[^"\\]|\\.)*"/sy;
  string.lastIndex = start;
  return start + (string.exec(text)?.[0].length ?? fail(start));
}

function blank(text, start) {
  let at = start;
  while (' \t\r\n'.includes(text[at] ?? '.')) {
    at += 1;
  }
  return at;
}

function expect(text, at, character) {
  return text[at] === character ? at + 1 : fail(at);
}

function fail(at) {
  throw new SyntaxError(`no JSON at ${at}`);
}
