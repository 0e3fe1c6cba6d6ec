/** How `--help` looks: the person's language, examples at every command, the exit codes at the top one. */
import type { settingsOf } from '@veche/app-server'
import type { Command, HelpConfiguration } from 'commander'
import { columns } from './columns.ts'
import type { Context } from './context.ts'
import type { Words } from './words/en.ts'

type Setting = ReturnType<typeof settingsOf>[number]

/** Set at the top command before the others are made: they inherit it. */
export function configureHelp(root: Command, words: Words): Command {
  const { headings, program } = words
  root
    .description(program.summary)
    .helpOption('-h, --help', words.options.help)
    .helpCommand(false)
    .configureHelp(helpIn(words))
  const codes = columns(
    program.exitCodes.map(([code, text]) => [String(code), text]),
    2,
  )
  return root.addHelpText('after', `\n${headings.exitCodes}\n${codes}\n\n${program.more}`)
}

/** Gives a command its summary, details and examples from the catalogue. */
export function describe(command: Command, words: Words, name: keyof Words['commands']): Command {
  const { summary, details, examples } = words.commands[name]
  const heading = `${summary.charAt(0).toLocaleUpperCase()}${summary.slice(1)}.`
  return command
    .summary(summary)
    .description(details === '' ? heading : `${heading}\n\n${details}`)
    .helpCommand(false)
    .addHelpText('after', `\n${words.headings.examples}\n${examples.map((line) => `  ${line}`).join('\n')}`)
}

/** Adds the server's settings, from their own declarations. */
export function describeSettings(command: Command, settings: readonly Setting[], context: Context): Command {
  const { words, terminal } = context
  const help = command.createHelp()
  help.prepareContext({ helpWidth: terminal.columns })
  const widest = Math.max(...settings.map(({ env }) => env.length))
  const items = settings.map((setting) =>
    help.formatItem(setting.env, widest, settingText(setting, words), help),
  )
  return command.addHelpText('after', `\n${words.headings.settings}\n${items.join('\n')}`)
}

/** A translated description names the unit itself. */
function settingText({ env, description, choices, defaultText, unit }: Setting, words: Words): string {
  const translated = new Map(Object.entries(words.settings)).get(env)
  const standard = [defaultText, translated === undefined ? unit : undefined].filter(Boolean).join(' ')
  const notes = [choices?.join(', ') ?? '', defaultText === undefined ? '' : words.default(standard)]
  const shown = notes.filter((note) => note !== '')
  return [translated ?? description, ...(shown.length > 0 ? [`(${shown.join('; ')})`] : [])].join(' ')
}

function helpIn(words: Words): HelpConfiguration {
  const titles = new Map(Object.entries({ ...words.headings, 'Global Options:': words.headings.everywhere }))
  return {
    showGlobalOptions: true,
    styleTitle: (title) => titles.get(title) ?? title,
    // Only the options of all commands are shown apart, not the version.
    visibleGlobalOptions: (command) => {
      let top = command
      while (top.parent !== null) top = top.parent
      return top === command ? [] : top.options.filter((option) => option.long !== '--version')
    },
    // What each takes, its own help tells: a list of names is read at a glance.
    subcommandTerm: (command) => command.name(),
  }
}
