/** What was meant where the wrong keyboard layout was on: "vfif" for «маша», «фдшыф» for "alisa". */
const LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
const RUSSIAN_KEYS = 'йцукенгшщзхъфывапролджэячсмитьбюё'

const OTHER_LAYOUT: ReadonlyMap<string, string> = new Map(
  Array.from(LATIN_KEYS, (latin, index) => [latin, RUSSIAN_KEYS[index]!] as const).flatMap(
    ([latin, russian]) => [
      [latin, russian],
      [russian, latin],
    ],
  ),
)

/** The same keys in the other layout. */
export function inOtherLayout(text: string): string {
  return Array.from(text.toLowerCase(), (key) => OTHER_LAYOUT.get(key) ?? key).join('')
}
