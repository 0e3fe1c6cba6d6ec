/** The files and addresses that a changed file names and the release does not know: what a browser would load besides. */

const MAX_NAMED = 10
const MAX_LENGTH = 200

/** @param paths of the release */
export function unlistedFiles(got: Buffer, expected: Buffer, paths: readonly string[]): string[] {
  const known = namesIn(expected)
  const listed = new Set(paths)
  const isListed = (name: string) => {
    const path = name.replace(/^\.?\//, '')
    return listed.has(`/${path}`) || listed.has(`/assets/${path}`)
  }
  return [...namesIn(got)].filter((name) => !known.has(name) && !isListed(name)).slice(0, MAX_NAMED)
}

/** In quotes or brackets: names of files that a page can load, and addresses elsewhere. */
function namesIn(bytes: Buffer): ReadonlySet<string> {
  const text = bytes.toString('latin1')
  const found = [...text.matchAll(FILE), ...text.matchAll(ELSEWHERE)].map(([, name]) => name!)
  return new Set(found.map((name) => name.slice(0, MAX_LENGTH)))
}

const FILE = /["'`(]([\w./-]{1,200}\.(?:js|mjs|css|html|json|wasm|svg|png|webmanifest|woff2))["'`)?#]/g
const ELSEWHERE = /["'`(]((?:https?:|wss?:)?\/\/[^\s"'`()<>]{1,200})/g
