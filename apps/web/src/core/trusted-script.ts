/** The page's one Trusted Types policy: scripts that index.html names by their hashed names, and nothing else. */

interface ScriptPolicy {
  createScriptURL(url: string): string
}

/** Not in the types of every browser in use, nor in every browser. */
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptPolicy
}

const policy = createPolicy()

/** @param name of a `<meta>` in index.html. @throws Error where it names no script of ours */
export function trustedScript(name: string): string {
  const element = document.querySelector(`meta[name="${name}"]`)
  return policy.createScriptURL(element?.getAttribute('content') ?? '')
}

function createPolicy(): ScriptPolicy {
  const createScriptURL = (url: string) => {
    if (!/^\/(assets\/[\w-]+\.js|service-worker\.js)$/.test(url)) throw new TypeError('no script of ours')
    return url
  }
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
  return factory?.createPolicy('app', { createScriptURL }) ?? { createScriptURL }
}
