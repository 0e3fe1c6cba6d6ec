import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connectToCore } from './core/connect.ts'
import type { RemoteClient } from './core/remote-client.ts'
import './styles/page.css'

function AccountState({ client }: { readonly client: RemoteClient }) {
  const [state, setState] = useState('…')
  useEffect(
    () =>
      client.events((event) => {
        if (event.type !== 'core') return
        if (event.state !== 'ready') setState(event.state)
        else void client.account().then(({ kind }) => setState(kind))
      }),
    [client],
  )
  return <p data-account={state}>{state}</p>
}

render(<AccountState client={connectToCore()} />, document.body)
