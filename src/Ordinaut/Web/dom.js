// Elements out of values. What a stranger wrote (titles, outputs, payloads) becomes a text node here, and nothing in
// this folder has another way to put text on the page.

import { unmasked } from './format.js';

/** An element; attributes whose value is null or false are left out, functions listen. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    set(element, key, value);
  }
  element.append(...nodes(children));
  return element;
}

function set(element, key, value) {
  if (value === null || value === undefined || value === false) {
    return;
  }
  if (typeof value === 'function') {
    element.addEventListener(key, value);
  } else if (key === 'href' && !/^(#|\/(?!\/))/.test(value)) {
    throw new Error('Links lead to this server alone.');
  } else if (key.startsWith('on') || key === 'style' || key === 'srcdoc') {
    throw new Error(`'${key}' is no attribute for a value.`);
  } else if (key === 'value' && name(element) === 'textarea') {
    element.value = value;
  } else {
    element.setAttribute(key, value === true ? '' : String(value));
  }
}

function name(element) {
  return element.tagName.toLowerCase();
}

/** What may stand among children: nodes, texts, lists of them, and nothing. */
function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(unmasked(String(child)))));
}

/**
 * Puts new children in place of the old, without a jump for whoever is among them: what had the focus has it again,
 * and details that were open are. Both are known by their data-key.
 */
export function redraw(host, ...children) {
  const open = new Set([...host.querySelectorAll('details[open][data-key]')].map((each) => each.dataset.key));
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  host.replaceChildren(...nodes(children));
  for (const each of host.querySelectorAll('details[data-key]')) {
    each.open ||= open.has(each.dataset.key);
  }
  if (focused) {
    [...host.querySelectorAll('[data-key]')].find((each) => each.dataset.key === focused)?.focus();
  }
}
