/**
 * Which release this page is of: SHA-256 of the list of its files, 64 hexadecimal digits; the same that `veche verify-web`
 * shows. The list comes from where the page came from, the service worker or the network.
 * @returns undefined where the server has another release by now, and this page is of none that it could be compared with
 */
export async function findOwnRelease(): Promise<string | undefined> {
  const list = await (await fetch('/release.json', { cache: 'no-cache' })).arrayBuffer()
  const { files } = JSON.parse(new TextDecoder().decode(list)) as { files: { path: string }[] }
  const script = document.querySelector('script[type=module]')?.getAttribute('src')
  if (!files.some(({ path }) => `/${path}` === script)) return undefined
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', list))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
