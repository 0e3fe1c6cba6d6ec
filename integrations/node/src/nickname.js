// @ts-check
const maxCodePoints = 150

// Control, format, private-use, unassigned and surrogate characters, and what separates lines.
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * Gives the nickname back as it is. What is not in NFC is refused and never normalised: two users of the host would become
 * one user of Nichatka.
 *
 * @param {unknown} nickname
 * @returns {string}
 * @throws {TypeError} that says what is wrong, and never the nickname
 */
export function checkNickname(nickname) {
  if (typeof nickname !== 'string') throw new TypeError('a nickname must be text')
  // The size first: it is cheap, and the rest then is.
  const length = nickname.length > 2 * maxCodePoints ? Number.POSITIVE_INFINITY : [...nickname].length
  if (length < 1 || length > maxCodePoints) throw new TypeError('a nickname has 1 to 150 characters')
  if (unseen.test(nickname)) {
    throw new TypeError('a nickname has no control, format, private-use or unassigned characters')
  }
  if (nickname.trim() !== nickname) throw new TypeError('a nickname has no white space at either end')
  if (nickname.normalize('NFC') !== nickname) throw new TypeError('a nickname is in the normal form NFC')
  return nickname
}
