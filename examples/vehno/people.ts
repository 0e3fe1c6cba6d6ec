import { readFile } from 'node:fs/promises'

/** The user names of those who work with Vehno when it is tried out. */
export async function samplePeople(): Promise<readonly string[]> {
  const text = await readFile(new URL('./tasks/sample.json', import.meta.url), 'utf8')
  const { people } = JSON.parse(text) as { readonly people: readonly { readonly username: string }[] }
  return people.map(({ username }) => username)
}
