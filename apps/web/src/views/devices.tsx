/** The devices of the account: which there are, what this one is called, ending one, letting a new one in. */
import type { DeviceView } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { calendarDay } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { LinkDevice } from './link-device.tsx'
import { PasswordAsked } from './password-asked.tsx'
import { TextField } from './text-field.tsx'

const DAY_MS = 24 * 60 * 60_000

export function Devices(): JSX.Element {
  const { client, fail, listen } = useApp()
  const words = useWords()
  const [devices, setDevices] = useState<readonly DeviceView[]>()
  const read = () => client.devices.list().then(setDevices, fail)
  useEffect(() => {
    void read()
    return listen((event) => {
      if (event.type === 'device') void read()
    })
  }, [])
  return (
    <div class="stack">
      {devices === undefined ? (
        <Busy>{words.moment}</Busy>
      ) : (
        <ul class="members">
          {devices.map((device) => (
            <Device key={device.device} device={device} onChanged={read} />
          ))}
        </ul>
      )}
      <LinkDevice onLinked={read} />
      <MissingKeys />
    </div>
  )
}

function Device({
  device,
  onChanged,
}: {
  readonly device: DeviceView
  readonly onChanged: () => void
}): JSX.Element {
  const { client, attempt } = useApp()
  const language = useLanguage()
  const { devices: words } = useWords().you
  const [isEnding, setEnding] = useState(false)
  const name = device.name || words.unnamed
  const end = async (password: string) => {
    const isDone = await attempt(() => client.devices.remove({ devices: [device.device], password }))
    if (isDone) onChanged()
    setEnding(!isDone)
  }
  return (
    <li class="device">
      <span class="row-body">
        <bdi class="row-name">{name}</bdi>
        <span class="row-last">
          {[device.current && words.current, words.since(calendarDay(language, device.enrolledDay * DAY_MS))]
            .filter((part) => part !== false)
            .join(' · ')}
        </span>
        {!device.certified && <span class="wrong">{words.uncertified}</span>}
      </span>
      {device.current ? (
        <OwnName device={device} onChanged={onChanged} />
      ) : (
        !isEnding && (
          <Button kind="danger" aria-label={words.removeWho(name)} onClick={() => setEnding(true)}>
            {words.remove}
          </Button>
        )
      )}
      {isEnding && (
        <PasswordAsked
          told={words.askRemove(name)}
          button={words.remove}
          isDangerous
          onGiven={end}
          onCancel={() => setEnding(false)}
        />
      )}
    </li>
  )
}

function OwnName({
  device,
  onChanged,
}: {
  readonly device: DeviceView
  readonly onChanged: () => void
}): JSX.Element {
  const { client, attempt } = useApp()
  const { devices: words } = useWords().you
  const [name, setName] = useState(device.name)
  const save = async (event: Event) => {
    event.preventDefault()
    if (await attempt(() => client.devices.setName(device.device, name))) onChanged()
  }
  return (
    <form class="one-line" onSubmit={save}>
      <TextField
        label={words.name}
        hint={words.nameTold}
        maxLength={40}
        autocomplete="off"
        value={name}
        onInput={setName}
      />
      <Button type="submit" disabled={name === device.name}>
        {words.save}
      </Button>
    </form>
  )
}

/** Where the password would help to read what is older. */
function MissingKeys(): JSX.Element | null {
  const { client, attempt } = useApp()
  const { devices: words } = useWords().you
  const [isNeeded, setNeeded] = useState(false)
  const look = () => client.archive.needsPassword().then(setNeeded, () => undefined)
  useEffect(() => void look(), [])
  if (!isNeeded) return null
  const fetchKeys = async (password: string) => {
    await attempt(() => client.archive.fetchKeys(password))
    await look()
  }
  return <PasswordAsked told={words.keysNeeded} button={words.keysFetch} onGiven={fetchKeys} />
}
