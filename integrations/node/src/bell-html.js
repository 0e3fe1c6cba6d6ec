// @ts-check

/** @type {Record<string, string>} */
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/**
 * The bell's element for a page that is put together as text. A nickname is never markup (attack C1).
 *
 * @param {import('./index.js').Signer} signer
 * @param {string} nickname
 * @param {import('./index.js').BellOptions} options
 */
export function bellHtml(signer, nickname, { src, tokenUrl, interval, lang }) {
  const attributes = {
    user: nickname,
    token: signer.sign(nickname),
    src,
    'token-url': tokenUrl,
    interval,
    lang,
  }
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const text = given.map(([name, value]) => `${name}="${escaped(`${value}`)}"`)
  return `<nichatka-bell ${text.join(' ')}></nichatka-bell>`
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
