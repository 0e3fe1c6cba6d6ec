/** The language that was chosen for the screen of a profile, in a file beside its keys; it says nothing of anybody. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isLanguage, type Language } from '../words/language.ts'

/** Undefined when none was chosen. */
export async function readLanguage(folder: string): Promise<Language | undefined> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => '')
  const language = text.trim()
  return isLanguage(language) ? language : undefined
}

export async function writeLanguage(folder: string, language: Language): Promise<void> {
  const file = fileIn(folder)
  await writeFile(`${file}.new`, `${language}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function fileIn(folder: string): string {
  return join(folder, 'screen-language')
}
