// The pure parts of the web UI, and its elements over the smallest document that will do. Run by EngineTests.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

const web = new URL('../../../src/Ordinaut/Web/', import.meta.url);

/** A module of the UI, read as one although the folder has no package.json that says so. */
async function load(name, known = {}) {
  let text = await readFile(new URL(name, web), 'utf8');
  for (const [other, address] of Object.entries(known)) {
    text = text.replace(`'./${other}'`, `'${address}'`);
  }
  return `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
}

const formatAddress = await load('format.js');
const format = await import(formatAddress);
const json = await import(await load('json-text.js'));
const live = await import(await load('live.js', { 'api.js': 'data:text/javascript,export const open = null' }));

const noon = Date.parse('2027-03-28T12:00:00Z');
for (const [seconds, words] of [
  [0, 'now'], [0.9, 'now'], [1, 'in 1 s'], [-59, '59 s ago'], [60, 'in 1 min'], [3_600, 'in 1 h'], [-7_199, '1 h ago'],
  [86_400, 'in 1 day'], [172_800, 'in 2 days'], [-5_184_000, '2 months ago'], [63_072_000, 'in 2 years'],
]) {
  assert.equal(format.relative(noon + seconds * 1_000, noon), words);
}

// Europe/Berlin goes from +01:00 to +02:00 in the night to 2027-03-28.
for (const [instant, zone, text] of [
  ['2027-03-28T00:59:59Z', 'Europe/Berlin', 'Sun 28 Mar 2027, 01:59:59'],
  ['2027-03-28T00:59:59.999Z', 'Europe/Berlin', 'Sun 28 Mar 2027, 01:59:59'],
  ['2027-03-28T01:00:00Z', 'Europe/Berlin', 'Sun 28 Mar 2027, 03:00:00'],
  ['2027-01-01T00:00:00Z', 'UTC', 'Fri 1 Jan 2027, 00:00:00'],
  ['2027-01-01T00:00:00Z', 'Nowhere/Land', 'Fri 1 Jan 2027, 00:00:00 UTC'],
  ['2027-03-28T01:00:00Z', 'Nowhere/Land', 'Sun 28 Mar 2027, 01:00:00 UTC'],
]) {
  assert.equal(format.absolute(instant, zone), text);
}
assert.equal(format.wall('2027-03-28T03:30:00+02:00'), 'Sun 28 Mar 2027, 03:30:00');

for (const [milliseconds, words] of [
  [-5, '0 ms'], [999, '999 ms'], [1_000, '1.0 s'], [59_949, '59.9 s'], [59_950, '1 min 0 s'], [3_600_000, '1 h 0 min'],
]) {
  assert.equal(format.duration(milliseconds), words);
}
assert.equal(format.percent(null), '–');
assert.equal(format.percent(0.9995), '100 %');
assert.equal(format.shortVersion('0.1.0+0123456789abcdef'), '0.1.0+01234567');
assert.equal(format.unmasked('a\u202egnp.exe'), 'a\\u202egnp.exe');
assert.ok(format.pretty('x'.repeat(format.shownCharacters)).endsWith('… 2 more characters'));

for (const [path, query, fragment] of [
  ['/runs', {}, '#/runs'],
  ['/runs', { state: 'failed', q: '' }, '#/runs?state=failed'],
  ['/events', { topic: 'a?b&c#d' }, '#/events?topic=a%3Fb%26c%23d'],
]) {
  assert.equal(format.hash(path, query), fragment);
  const given = Object.entries(query).filter(([, value]) => value !== '');
  assert.deepEqual(format.readHash(fragment), { parts: [path.slice(1)], query: Object.fromEntries(given) });
}
assert.deepEqual(format.readHash('#/tasks/%E0%A4%A'), { parts: ['tasks', '%E0%A4%A'], query: {} });

const text = '{"params": {"a/b": [1, {"~": "}"}]}, "pipeline": [{"uses": "x \\" ]"}, null]}';
for (const [pointer, found] of [
  ['', text], ['/params/a~1b/0', '1'], ['/params/a~1b/1/~0', '"}"'], ['/pipeline/0/uses', '"x \\" ]"'],
  ['/pipeline/1', 'null'], ['/pipeline/0/with', '{"uses": "x \\" ]"}'], ['/pipeline/7', '[{"uses": "x \\" ]"}, null]'],
]) {
  assert.equal(text.slice(...json.locate(text, pointer)), found, pointer);
}
for (const broken of ['', '{', '{"a"', '{"a": ', '["', '[[[[']) {
  assert.equal(json.locate(broken, '/a/b'), null, broken);
}

const told = [];
const parse = live.parser((message) => told.push(message));
const stream = ': connected\n\nevent: run\nid: 1\ndata: {"state":"a: b"}\n\n: still here\n\ndata: 1\n\ndata: 2';
for (const character of stream) {
  parse(character);
}
assert.deepEqual(told, [{ event: 'run', data: { state: 'a: b' } }, { event: 'message', data: 1 }]);

// A document that has no parser: whatever is asked of it but elements and texts fails.
globalThis.Node = class {};
class Element extends Node {
  constructor(tagName) {
    super();
    Object.assign(this, { tagName, attributes: {}, children: [], listeners: {} });
  }

  append(...children) {
    this.children.push(...children);
  }

  setAttribute(key, value) {
    this.attributes[key] = value;
  }

  addEventListener(key, action) {
    this.listeners[key] = action;
  }
}
class Text extends Node {
  constructor(data) {
    super();
    this.data = data;
  }
}
globalThis.document = {
  createElement: (name) => new Element(name.toUpperCase()),
  createTextNode: (data) => new Text(data),
};
const { h } = await import(await load('dom.js', { 'format.js': formatAddress }));

for (const hostile of [
  '<script>alert(1)</script>', '"><img src=x onerror=alert(2)>', '<svg/onload=alert(3)>', '&lt;b&gt;',
]) {
  const element = h('a', { href: '#/x', title: hostile }, hostile, [hostile, null, false, 0], h('b', null, hostile));
  assert.deepEqual(element.children.map((child) => child.data ?? child.children[0].data),
    [hostile, hostile, '0', hostile]);
  assert.equal(element.attributes.title, hostile);
}
for (const href of [
  'javascript:alert(1)', ' javascript:alert(1)', '//elsewhere', 'https://elsewhere', 'data:text/html,x',
]) {
  assert.throws(() => h('a', { href }), /this server alone/, href);
}
for (const attributes of [{ onclick: 'alert(1)' }, { style: 'color: red' }, { srcdoc: '<b>' }]) {
  assert.throws(() => h('a', attributes), /no attribute/);
}
const area = h('textarea', { value: 'a\u202eb' });
assert.equal(area.value, 'a\u202eb');
