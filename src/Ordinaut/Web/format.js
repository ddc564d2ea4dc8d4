// Values as people read them. Pure: the clock, the zone and the language are given.

/** Characters of one JSON value that are shown; a browser grows slow on more. */
export const shownCharacters = 100_000;

const units = [
  ['year', 'years', 31_536_000_000],
  ['month', 'months', 2_592_000_000],
  ['day', 'days', 86_400_000],
  ['h', 'h', 3_600_000],
  ['min', 'min', 60_000],
  ['s', 's', 1_000],
];

/** Characters that turn the order of others around show as what they are: a text must not read as another. */
export function unmasked(text) {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (each) => `\\u${each.charCodeAt(0).toString(16)}`);
}

/** How far an instant lies from now: "in 5 min", "2 days ago". */
export function relative(instant, now) {
  const distance = new Date(instant).getTime() - now;
  const size = Math.abs(distance);
  const [one, many, length] = units.find(([, , each]) => size >= each) ?? units.at(-1);
  const count = Math.floor(size / length);
  if (count === 0) {
    return 'now';
  }
  const text = `${count} ${count > 1 ? many : one}`;
  return distance > 0 ? `in ${text}` : `${text} ago`;
}

/** Date and time in a zone: "Mon 23 Nov 2026, 08:30:00". An unknown zone is shown as UTC, and said so. */
export function absolute(instant, zone) {
  const day = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  const options = { ...day, ...clock, timeZone: zone };
  try {
    return part(new Intl.DateTimeFormat('en-GB', options), instant);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    return `${part(new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }), instant)} UTC`;
  }
}

/** The wall clock of a local time with its offset, as the server reckoned it; a browser's zones may be older. */
export function wall(local) {
  return absolute(`${local.slice(0, 19)}Z`, 'UTC');
}

function part(format, instant) {
  const parts = Object.fromEntries(format.formatToParts(new Date(instant)).map((each) => [each.type, each.value]));
  const { weekday, day, month, year, hour, minute, second } = parts;
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}:${second}`;
}

/** A length of time: "350 ms", "1.2 s", "3 min 4 s", "2 h 5 min". */
export function duration(milliseconds) {
  if (milliseconds < 1_000) {
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }
  if (milliseconds < 59_950) {
    return `${(milliseconds / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.round(milliseconds / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

export function between(start, end) {
  return duration(new Date(end).getTime() - new Date(start).getTime());
}

export function percent(share) {
  return share === null ? '–' : `${Math.round(share * 1_000) / 10} %`;
}

/** Ids begin with their time, so neighbours differ at the end. */
export function shortId(id) {
  return `…${id.slice(-8)}`;
}

/** A version without most of the commit it was built from. */
export function shortVersion(version) {
  return version.replace(/(\+.{8}).+/, '$1');
}

/** JSON in lines; the rest of a long one is counted, not shown. */
export function pretty(value) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  const rest = text.length - shownCharacters;
  return rest > 0 ? `${text.slice(0, shownCharacters)}\n… ${rest} more characters` : text;
}

/** The query of an address: "?state=failed"; empty values are left out. */
export function queryOf(values) {
  const given = Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

/** How a link names a view and what it asks: "#/runs?state=failed". */
export function hash(path, query = {}) {
  return `#${path}${queryOf(query)}`;
}

/** The path's parts and the query of a link's fragment. */
export function readHash(fragment) {
  const [path, words] = fragment.replace(/^#/, '').split('?', 2);
  const parts = path.split('/').filter(Boolean);
  return { parts: parts.map(decode), query: Object.fromEntries(new URLSearchParams(words ?? '')) };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
