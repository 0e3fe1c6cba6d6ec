import { render } from 'preact'
import { connectToCore } from './core/connect.ts'
import { createApp } from './state/app.ts'
import { AppView } from './views/app-view.tsx'
import { keepFocus } from './views/kept-focus.ts'
import './styles/1-tokens.css'
import './styles/2-page.css'
import './styles/3-controls.css'
import './styles/4-places.css'
import './styles/5-lists.css'
import './styles/6-chat.css'
import './styles/7-own.css'

keepFocus(document)
render(<AppView app={createApp(connectToCore(), window)} />, document.body)
